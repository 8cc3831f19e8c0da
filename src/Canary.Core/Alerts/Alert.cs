using System.Text.Json.Serialization;
using Canary.Findings;

namespace Canary.Alerts;

/// <summary>
/// A group of sightings of one rule, session and subject, as it is stored, streamed and mailed: the contract's shape, in its order.
/// Every text in it is redacted and bounded.
/// </summary>
/// <param name="Id">A UUID version 7: sorts by time.</param>
/// <param name="Time">The first sighting.</param>
/// <param name="Key">The same for every alert of one rule, session and subject; what threads mail.</param>
/// <param name="Why">The rule's description.</param>
/// <param name="Folded">Sightings of other subjects that the rate limit folded into this alert; their number is part of <paramref name="Count"/>.</param>
/// <param name="Silenced">Stored and counted, not told.</param>
public sealed record Alert(
    string Kind, string Id, DateTimeOffset Time, AlertRule Rule, AlertAgent Agent, AlertProcess? Process, AlertSubject Subject,
    IReadOnlyList<AlertMatch> Matched, string Host, long Count, DateTimeOffset LastTime, string Key, string? Why,
    IReadOnlyList<AlertEvidence> Evidence, long Folded, bool Silenced, DateTimeOffset? Acknowledged, bool Lossy)
{
    public const string KindWord = "alert";

    [JsonIgnore]
    public Level Level => Levels.TryParse(Rule.Level, out var level) ? level : Level.Critical;
}

public sealed record AlertRule(
    string Id, string Slug, string Title, string Level, IReadOnlyList<string> Tags, string? Author,
    IReadOnlyList<string> References, IReadOnlyList<string> Falsepositives);

/// <param name="Name">Null where no agent is known to stand behind it.</param>
/// <param name="Verified">False when only a file's base name says that this is an agent.</param>
/// <param name="Outer">The sessions around a nested one, nearest first.</param>
public sealed record AlertAgent(string? Name, string? Session, string? ToolUseId, string Attribution, bool Verified, IReadOnlyList<string> Outer);

public sealed record AlertProcess(
    int Pid, DateTimeOffset Started, string Image, string CommandLine, string? Cwd, string? User, IReadOnlyList<AlertAncestor> Ancestors);

public sealed record AlertAncestor(int Pid, DateTimeOffset Started, string Image, string CommandLine, string? Cwd, string? User);

public sealed record AlertSubject(string Type, string Identity, IReadOnlyDictionary<string, string> Fields);

public sealed record AlertMatch(string Field, string Value, string By);

/// <summary>An earlier event that a sequence joined to the last one.</summary>
public sealed record AlertEvidence(
    DateTimeOffset Time, string Type, string Identity, int? Pid, string? Image, string? CommandLine, IReadOnlyDictionary<string, string> Fields);
