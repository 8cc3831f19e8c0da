using System.Collections.Frozen;
using Canary.Findings;

namespace Canary.Agents;

/// <summary>Something a process did, in Sigma's words. Holds what was true at that moment, whatever the process becomes afterwards.</summary>
public abstract class Activity(ProcessImage actor, AgentSession? session, DateTimeOffset time) : Subject
{
    private static readonly FieldValue AgentWord = FieldValue.Of("agent");
    private static readonly FieldValue UnknownWord = FieldValue.Of("unknown");

    private static readonly FrozenSet<string> Starters = new[]
    {
        "System", "smss.exe", "wininit.exe", "winlogon.exe", "services.exe", "userinit.exe", "explorer.exe", "svchost.exe", "sihost.exe",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private FieldValue _ancestorImages, _ancestorCommandLines;
    private ProcessFacts[]? _chain;

    public ProcessImage Actor { get; } = actor;

    public AgentSession? Session { get; } = session;

    public override DateTimeOffset Time { get; } = time;

    public override string? Group => Session is { } session ? session.Group : TreeGroup();

    public override AgentFacts? Agent => Session?.Facts;

    public override IReadOnlyList<ProcessFacts> Chain => _chain ??= MakeChain();

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.Image => Text(Actor.Path),
        Fields.CommandLine => Text(Actor.CommandLine),
        Fields.RawCommandLine => Text(Actor.RawCommandLine),
        Fields.CurrentDirectory => FieldValue.Of(Actor.CurrentDirectory),
        Fields.User => FieldValue.Of(Actor.User),
        Fields.ProcessId => FieldValue.Of(Actor.Key.Pid),
        Fields.ProcessGuid => FieldValue.Of($"{Actor.Key.Pid}-{Actor.Key.StartedNs}"),
        Fields.RequestedImage => Text(Actor.Requested),
        Fields.OriginalFileName => FieldValue.Of(Actor.OriginalName),
        Fields.ArgumentsTruncated => Actor.Truncated ? FieldValue.Of(true) : default,
        Fields.IntegrityLevel => FieldValue.Of(Actor.IntegrityLevel),
        Fields.DecodedCommand => FieldValue.Of(Actor.DecodedCommand),
        Fields.ParentImage => Text(Actor.Parent?.Path),
        Fields.ParentCommandLine => Text(Actor.Parent?.CommandLine),
        Fields.ParentProcessId => Actor.Parent is { } parent ? FieldValue.Of(parent.Key.Pid) : default,
        Fields.ParentUser => FieldValue.Of(Actor.Parent?.User),
        Fields.GrandParentImage => Text(Actor.Parent?.Parent?.Path),
        Fields.GrandParentCommandLine => Text(Actor.Parent?.Parent?.CommandLine),
        Fields.AncestorImages => _ancestorImages.Kind == FieldKind.List ? _ancestorImages : _ancestorImages = Ancestors(a => a.Path),
        Fields.AncestorCommandLines => _ancestorCommandLines.Kind == FieldKind.List ? _ancestorCommandLines : _ancestorCommandLines = Ancestors(a => a.CommandLine),
        Fields.AgentName => FieldValue.Of(Session?.Profile.Name),
        Fields.AgentSession => FieldValue.Of(Session?.Id),
        Fields.AgentVerified => Session is { } s ? FieldValue.Of(s.Verified) : default,
        Fields.AgentAttribution => Session is null ? UnknownWord : AgentWord,
        _ => default,
    };

    public override IReadOnlyList<Field> Names => Field.Known;

    protected static FieldValue Text(string? text) => string.IsNullOrEmpty(text) ? default : FieldValue.Of(text);

    /// <summary>A path without what differs between runs: numbers of processes and random parts of temporary names.</summary>
    protected static string Stable(string path) => StableName.Of(path);

    // Outside a session the topmost shell or service is what a person would call «the same work».
    private string? TreeGroup()
    {
        ProcessImage top = Actor;
        for (var at = Actor.Parent; at is not null && at.Key.Pid > 1 && !StartsAll(at); at = at.Parent)
            top = at;
        return top.Key.IsNone ? null : $"tree-{top.Key.Pid}-{top.Key.StartedNs}";
    }

    // The programs of Windows from which every program of a logon, or every service, is started: what they share is no work.
    private static bool StartsAll(ProcessImage image)
    {
        // Asked of every ancestor at every event: nothing is allocated.
        var path = image.Path.AsSpan();
        return Starters.GetAlternateLookup<ReadOnlySpan<char>>().Contains(path[(path.LastIndexOfAny('/', '\\') + 1)..]);
    }

    private FieldValue Ancestors(Func<ProcessImage, string> part)
    {
        var list = new List<string>();
        for (var at = Actor.Origin; at is not null && list.Count < ProcessImage.MostAncestors; at = at.Origin)
        {
            if (part(at) is { Length: > 0 } text)
                list.Add(text);
        }

        return FieldValue.Of([.. list]);
    }

    private ProcessFacts[] MakeChain()
    {
        var chain = new List<ProcessFacts>();
        for (var at = Actor; at is not null && chain.Count < ProcessImage.MostAncestors; at = at.Origin)
            chain.Add(new ProcessFacts(at.Key.Pid, at.Started, at.Path, at.CommandLine, at.CurrentDirectory, at.User));
        return [.. chain];
    }
}
