using System.Runtime.Versioning;
using Canary.Events;
using Canary.Text;

namespace Canary.Sensors.Fanotify;

/// <summary>
/// File events by fanotify: what is done to the sensitive paths of this machine and in the work trees of agent sessions, by whatever
/// name, link, mount or io_uring ring it is done. Marks inodes and directories only, never a mount or a file system.
/// Called by one thread.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class FanotifySensor(FileWatch watch, TimeProvider? time = null, string? lowerTier = null) : ISensor, IWatchesTrees
{
    private const int ReadsPerCollect = 16;
    private static readonly TimeSpan StartBudget = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ScanBudget = TimeSpan.FromMilliseconds(2);
    private static readonly string[] TooWide =
    [
        "/", "/usr", "/usr/local", "/usr/bin", "/usr/lib", "/usr/share", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/var", "/var/lib",
        "/var/tmp", "/tmp", "/opt", "/home", "/dev", "/dev/shm", "/proc", "/sys", "/run", "/boot", "/srv", "/mnt", "/media",
    ];

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Dictionary<string, Scope> _trees = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _homes = [];
    private Places? _places;
    private Scanner? _scanner;
    private Interpreter? _interpreter;
    private long _overflows;
    private long _unscoped;
    private bool _isStale;

    public string Name => "fanotify";

    /// <summary>For tests of older kernels: report as one before 5.17 does.</summary>
    internal bool WithoutRenameEvents { get; init; }

    /// <summary>Marked inodes.</summary>
    internal int Marks => _places?.Count ?? 0;

    internal bool IsScanning => _scanner?.HasWork ?? false;

    public SensorState Start()
    {
        if (FanotifyGroup.Open(WithoutRenameEvents, out int group, out bool hasRename) is { } refusal)
            return new(Name, null, refusal, [], []);
        _homes = Homes.Of("/etc/passwd");
        _places = new(group, hasRename);
        _scanner = new(_places, watch, time ?? TimeProvider.System);
        _interpreter = new(_places, _scanner, Environment.ProcessId);
        FollowAll();
        _scanner.Run([], 0, StartBudget);
        return new(Name, "fanotify", lowerTier, FileSensors.FanotifyBlind, ["file", "device"]);
    }

    public unsafe bool Collect(List<SensorEvent> into)
    {
        if (_places is null)
            return false;
        // names listed before this call cannot come after the queue has been read dry in it
        int announced = _scanner!.Announced.Count;
        long now = LibC.BootTimeNs();
        bool drained = false;
        for (int i = 0; i < ReadsPerCollect && !drained; i++)
        {
            nint read;
            fixed (byte* b = _buffer)
                read = LibC.Read(_places.Group, b, _buffer.Length);
            drained = read <= 0;
            if (!drained)
                Interpret(_buffer.AsSpan(0, (int)read), now, into);
        }

        _interpreter!.FlushHalf(now, into);
        if (drained)
            Settle(announced);
        if (_isStale && drained && !_scanner.HasWork)
            LookAgain();
        _scanner.Run(into, now, ScanBudget);
        return !drained || _scanner.HasWork;
    }

    public void CollectLosses(List<SensorLoss> into)
    {
        if (_places is null)
            return;
        if (_overflows > 0)
            into.Add(new(Name, "file", _overflows));
        long scope = _scanner!.TakeCuts() + _places.Refused + _unscoped;
        if (scope > 0)
            into.Add(new(Name, "file-scope", scope));
        _overflows = _places.Refused = _unscoped = 0;
    }

    public void WatchTree(string directory)
    {
        if (_scanner is null || !directory.StartsWith('/'))
            return;
        if (_trees.TryGetValue(directory, out var known))
        {
            _scanner.Begin(known);
            return;
        }

        var real = Places.RealDirectory(directory);
        bool lossy = false;
        string root = Utf8.Decode(real, ref lossy);
        if (real.Length == 0)
            return;
        if (Array.IndexOf(TooWide, root) >= 0 || root.StartsWith("/proc/", StringComparison.Ordinal) || root.StartsWith("/sys/", StringComparison.Ordinal))
        {
            if (_refused.Add(root))
                _unscoped++;
            return;
        }

        // a home holds everything a user has: its top level, and what the lists name in it, must do
        int depth = Homes.IsHome(root, _homes) ? 0 : watch.TreeDepth;
        var scope = new Scope(real, isTree: true, Fan.Changes, FileRole.Secret, watch.TreeDirectories, depth);
        _trees.Add(directory, scope);
        _scanner.Begin(scope);
    }

    public void ForgetTree(string directory)
    {
        if (_scanner is null || !_trees.Remove(directory, out var scope))
            return;
        _scanner.Forget(scope);
        // a tree inside, or around, the one that goes had left the shared directories to it
        foreach (var other in _trees.Values)
        {
            if (Bytes.IsUnder(other.Root, scope.Root) || Bytes.IsUnder(scope.Root, other.Root))
                _scanner.Begin(other);
        }
    }

    public void Dispose() => _places?.Dispose();

    private void Interpret(ReadOnlySpan<byte> events, long now, List<SensorEvent> into)
    {
        while (RawEvent.TryRead(ref events, out var e))
        {
            if ((e.Mask & Fan.Overflow) != 0)
            {
                // the kernel does not say how many it dropped: each time counts one
                _overflows++;
                _isStale = true;
            }
            else
            {
                _interpreter!.Read(e, now, into);
            }
        }
    }

    /// <summary>After an overflow: directories may have come that no event told of.</summary>
    private void LookAgain()
    {
        _isStale = false;
        FollowAll();
        foreach (var scope in _trees.Values)
            _scanner!.Begin(scope);
    }

    private void FollowAll()
    {
        Follow(watch.Secrets, FileRole.Secret);
        Follow(watch.Changes, FileRole.Changes);
        Follow(watch.Names, FileRole.Name);
        Follow(watch.Devices, FileRole.Device);
    }

    private void Follow(IReadOnlyList<string> paths, FileRole role)
    {
        foreach (var pattern in PathPattern.Expand(paths, role, _homes))
            _scanner!.Follow(pattern);
    }

    private void Settle(int announced)
    {
        var list = _scanner!.Announced;
        for (int i = 0; i < announced; i++)
            list[i].Announced = null;
        list.RemoveRange(0, announced);
    }
}
