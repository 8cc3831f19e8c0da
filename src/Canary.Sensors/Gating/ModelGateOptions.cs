using Canary.Models.Gating;

namespace Canary.Sensors.Gating;

/// <summary>How a gate stands.</summary>
public sealed record ModelGateOptions
{
    /// <summary>Files and directories. A directory is guarded with all below it; of a file's own directory only the files that the book names.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    public PolicyBook Policies { get; init; } = new(GatePolicy.DenyUnknown, []);

    /// <summary>How long a process waits at most without any chunk of its file being compared.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What keeps files as they are that were compared whole.</summary>
    public ModelSeal Seal { get; init; } = ModelSeal.Flag;

    /// <summary>What nobody asked for yet is compared while nobody waits, too.</summary>
    public bool Ahead { get; init; }

    /// <summary>Where it is written down which files were sealed, for who comes after a crash; null for nowhere.</summary>
    public string? SealRecord { get; init; }

    /// <summary>Threads that read and compare; 0 for six more than there are processors.</summary>
    public int Workers { get; init; }

    /// <summary>A group of another process, opened for this gate by <see cref="HeldGate"/>; -1 for one of its own.</summary>
    public int Group { get; init; } = -1;

    /// <summary>Called several times a second while questions are answered.</summary>
    public Action? Pulse { get; init; }

    /// <summary>A program that may read everything when root runs it: Canary, which is to verify and lock while a gate stands. Null for none.</summary>
    public string? Trusted { get; init; }
}
