using Canary.Findings;

namespace Canary.Models.Gating;

/// <summary>What the gate tells while it stands.</summary>
public abstract record GateWord;

/// <summary>Something for the rules: a <see cref="ModelLoad"/>, or a <see cref="HealthReport"/> of the gate's own.</summary>
public sealed record GateSubject(Subject Subject) : GateWord;

/// <summary>What now holds for a file.</summary>
public sealed record GateGuarantee(string Path, FileGuarantee Guarantee, string Why) : GateWord;

/// <summary>A mapping waits for its whole range.</summary>
/// <param name="Rate">Bytes a second since it began to wait.</param>
public sealed record GateProgress(string Path, int Pid, long Done, long Total, double Rate) : GateWord;

/// <summary>How far the gate's word about a file goes.</summary>
public enum FileGuarantee
{
    /// <summary>Its bytes are compared as they are read, on every read since it was opened under the gate.</summary>
    Watched,

    /// <summary>Its filesystem raises no event for reads: the whole file is compared when it is opened, and what is written later is not seen by who has it open.</summary>
    CheckedAtOpen,

    /// <summary>
    /// All bytes were compared, and stay as they are: the immutable flag keeps them so, for root's processes too until they take it off, or
    /// fs-verity does, for good.
    /// </summary>
    Sealed,
}

/// <summary>The words of <see cref="FileGuarantee"/>.</summary>
public static class FileGuarantees
{
    public static string Word(this FileGuarantee guarantee) => guarantee switch
    {
        FileGuarantee.Watched => "watched",
        FileGuarantee.CheckedAtOpen => "checked at open",
        _ => "sealed",
    };
}
