using Canary.Config;
using Canary.Events;
using Canary.Findings;

namespace Canary.Agents;

/// <summary>One run of an agent with all that it starts, however deep.</summary>
public sealed class AgentSession(uint tag, AgentProfile profile, ProcessKey root, bool verified, AgentSession? outer)
{
    private AgentFacts? _facts;
    private string? _ownId;

    /// <summary>The number that sensors carry for it.</summary>
    public uint Tag { get; } = tag;

    public AgentProfile Profile { get; } = profile;
    public ProcessKey Root { get; } = root;

    /// <summary>The session in which this one was started: an agent that runs an agent.</summary>
    public AgentSession? Outer { get; } = outer;

    public bool Verified { get; private set; } = verified;

    /// <summary>Live processes in it. At 0 the session is over.</summary>
    public int Living { get; set; }

    /// <summary>The agent's own id once something names it, till then Canary's, which is stable for the run.</summary>
    public string Id => _ownId ?? $"canary-{Root.Pid}-{Root.StartedNs / 1_000_000}";

    /// <summary>What sequences join on: unlike <see cref="Id"/>, the same from the first event to the last.</summary>
    public string Group { get; } = $"session-{root.Pid}-{root.StartedNs}";

    public bool HasOwnId => _ownId is not null;

    public AgentFacts Facts => _facts ??= new AgentFacts(Profile.Name, Id, Verified, "agent", OuterNames());

    public void Name(string ownId)
    {
        _ownId ??= ownId;
        _facts = null;
    }

    public void Confirm()
    {
        Verified = true;
        _facts = null;
    }

    private List<string> OuterNames()
    {
        var names = new List<string>();
        for (var at = Outer; at is not null && names.Count < 8; at = at.Outer)
            names.Add($"{at.Profile.Name}/{at.Id}");
        return names;
    }
}
