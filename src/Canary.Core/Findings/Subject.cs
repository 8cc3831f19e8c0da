namespace Canary.Findings;

/// <summary>What a rule is matched against: an action of a process, a package, a model file, a health report.</summary>
public abstract class Subject
{
    public abstract LogSource Source { get; }

    /// <summary>The contract's word for it: process, file, network, dns, tool_call, package, model, config.</summary>
    public abstract string Type { get; }

    /// <summary>Stable across runs: no pid, no time, no temporary name.</summary>
    public abstract string Identity { get; }

    /// <summary>When it happened, by the wall clock of the time.</summary>
    public abstract DateTimeOffset Time { get; }

    /// <summary>What sequences and correlations join on when a rule says nothing else: the agent session, or the process tree; null for none.</summary>
    public virtual string? Group => null;

    /// <summary>The actor's process chain at that moment, nearest first; empty where none is known.</summary>
    public virtual IReadOnlyList<ProcessFacts> Chain => [];

    /// <summary>The agent session that it belongs to, or null.</summary>
    public virtual AgentFacts? Agent => null;

    public abstract FieldValue Get(Field field);

    /// <summary>Every name that <see cref="Get"/> may answer with a value, and perhaps some that it does not: for keyword search, for `explain`, and for the record of an alert.</summary>
    public abstract IReadOnlyList<Field> Names { get; }
}

/// <summary>A process as an alert shows it.</summary>
/// <param name="Started">By the wall clock.</param>
public sealed record ProcessFacts(int Pid, DateTimeOffset Started, string Image, string CommandLine, string? CurrentDirectory, string? User);

/// <summary>The agent on whose behalf something happened.</summary>
/// <param name="Session">The agent's own session id where it is known, else Canary's.</param>
/// <param name="Verified">False when only a file's base name says that this is an agent.</param>
/// <param name="Outer">The agent sessions around a nested one, nearest first, as <c>name/session</c>.</param>
public sealed record AgentFacts(string Name, string Session, bool Verified, string Attribution, IReadOnlyList<string> Outer);
