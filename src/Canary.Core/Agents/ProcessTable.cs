using Canary.Events;

namespace Canary.Agents;

/// <summary>Every live process and the lately ended, by (pid, start). One thread owns it.</summary>
public sealed class ProcessTable(WallClock clock, IProcessProbe probe, ExecutableIdentity identity)
{
    // File events reach us by another queue than exits, so the dead answer for a while; the bound is for process storms.
    private const long RemembersEndedNs = 10_000_000_000;
    private const int MostEnded = 8192;
    private const long TickNs = 10_000_000;

    /// <summary>Rules see the whole command line of an exec; later events of the process, and ancestors, this much of it.</summary>
    public const int MostCharactersKept = 8192;

    private readonly Dictionary<int, ProcessNode> _byPid = [];
    private readonly Queue<ProcessNode> _ended = new();

    public int Living { get; private set; }

    public IEnumerable<ProcessNode> Nodes => _byPid.Values;

    public ProcessNode? Forked(ProcessForked e)
    {
        var parent = Find(e.Actor) ?? Discover(e.Actor);
        if (_byPid.TryGetValue(e.Child.Pid, out var known) && known.Key == e.Child)
            return known;
        var at = clock.At(e.Child.StartedNs);
        var image = parent?.Image.ForkedInto(e.Child, at) ?? Unknown(e.Child, at);
        var child = new ProcessNode(e.Child, image, parent?.Session);
        Put(child);
        return child;
    }

    /// <param name="whole">The image with its whole command line, for the exec event itself.</param>
    public ProcessNode Executed(ProcessExecuted e, Catalogue catalogue, out ProcessImage whole)
    {
        var node = Find(e.Actor);
        if (node is null)
        {
            var parent = Find(e.Parent);
            node = new ProcessNode(e.Actor, Unknown(e.Actor, clock.At(e.Actor.StartedNs)) with { Origin = parent?.Image.AsOrigin }, parent?.Session);
            Put(node);
        }

        var origin = ProcessImage.Shortened(node.Image.AsOrigin);
        string raw = e.CommandLine ?? string.Join(' ', e.Arguments);
        var profile = catalogue.Match(e.Image, e.Requested, e.Arguments, out _);
        whole = new ProcessImage
        {
            Key = e.Actor,
            Path = e.Image,
            Requested = e.Requested,
            RawCommandLine = raw,
            CommandLine = Unwrapped(e) ?? raw,
            DecodedCommand = PowerShellCommand.Decoded(e.Arguments, e.Image) is { } decoded ? Cut(decoded) : null,
            CurrentDirectory = e.CurrentDirectory ?? node.Image.CurrentDirectory,
            User = e.User ?? probe.UserName(e.Uid),
            IntegrityLevel = e.IntegrityLevel,
            File = e.File,
            Truncated = e.Truncated,
            Started = clock.At(e.AlreadyRunning ? e.Actor.StartedNs : e.AtNs),
            OriginalName = identity.OriginalName(e.Actor.Pid, e.Image, e.File),
            Profile = profile,
            Origin = origin,
            Depth = ProcessImage.DepthAfter(origin),
        };
        node.Image = raw.Length <= MostCharactersKept ? whole : whole with { RawCommandLine = Cut(raw), CommandLine = Cut(whole.CommandLine) };
        return node;
    }

    public ProcessNode? Ended(ProcessExited e)
    {
        var node = Find(e.Actor);
        if (node is null || node.EndedNs != 0)
            return null;
        node.End(e.AtNs);
        Living--;
        _ended.Enqueue(node);
        while (_ended.Count > MostEnded || (_ended.Count > 0 && e.AtNs - _ended.Peek().EndedNs > RemembersEndedNs))
        {
            var gone = _ended.Dequeue();
            if (_byPid.TryGetValue(gone.Key.Pid, out var present) && ReferenceEquals(present, gone))
                _byPid.Remove(gone.Key.Pid);
        }

        return node;
    }

    /// <summary>The process; a key without a start time means whoever has, or last had, the pid.</summary>
    public ProcessNode? Find(ProcessKey key) =>
        _byPid.TryGetValue(key.Pid, out var node) && (key.StartedNs == 0 || SameStart(node.Key.StartedNs, key.StartedNs)) ? node : null;

    /// <summary>Asks the system about a process that no event told of: one event was lost, or it is older than the sensor.</summary>
    public ProcessNode? Discover(ProcessKey key)
    {
        if (key.IsNone || probe.Describe(key.Pid) is not { } found || (key.StartedNs != 0 && !SameStart(found.Actor.StartedNs, key.StartedNs)))
            return null;
        var parent = Find(found.Parent);
        string raw = Cut(found.CommandLine ?? string.Join(' ', found.Arguments));
        var origin = parent?.Image.AsOrigin;
        var node = new ProcessNode(key.StartedNs == 0 ? found.Actor : key, new ProcessImage
        {
            Key = found.Actor,
            Path = found.Image,
            Requested = found.Requested,
            RawCommandLine = raw,
            CommandLine = raw,
            CurrentDirectory = found.CurrentDirectory,
            User = found.User ?? probe.UserName(found.Uid),
            IntegrityLevel = found.IntegrityLevel,
            Started = clock.At(found.Actor.StartedNs),
            Origin = origin,
            Depth = ProcessImage.DepthAfter(origin),
        }, parent?.Session);
        Put(node);
        return node;
    }

    // The kernel's events tell starts in nanoseconds; /proc in clock ticks, rounded down.
    private static bool SameStart(long a, long b) => a == b || (a / TickNs == b / TickNs && (a % TickNs == 0 || b % TickNs == 0));

    private void Put(ProcessNode node)
    {
        // A living process that the pid still names can only be one whose end was lost.
        if (!_byPid.TryGetValue(node.Key.Pid, out var old) || old.EndedNs != 0)
            Living++;
        _byPid[node.Key.Pid] = node;
    }

    private static string? Unwrapped(ProcessExecuted e) =>
        ShellWrapper.Unwrap(e.Arguments) is { } command ? $"{e.Arguments[0]} -c {command}"
        : PowerShellWrapper.Unwrap(e.Arguments, e.Image) is { } script ? $"{e.Arguments[0]} -Command {script}" : null;

    private static string Cut(string text) => text.Length <= MostCharactersKept ? text : string.Concat(text.AsSpan(0, MostCharactersKept), "…");

    private static ProcessImage Unknown(ProcessKey key, DateTimeOffset at) => new()
    {
        Key = key,
        Path = "",
        Requested = "",
        CommandLine = "",
        RawCommandLine = "",
        Started = at,
        IsForkedCopy = true,
    };
}
