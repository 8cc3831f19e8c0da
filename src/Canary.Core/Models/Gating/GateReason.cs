namespace Canary.Models.Gating;

/// <summary>Why the gate answered as it did: the first word of the field <c>Reason</c>.</summary>
public enum GateReason
{
    /// <summary>Opened; its bytes are as the lock says, or are compared as they are read.</summary>
    Known,

    /// <summary>Bytes differ from the lock.</summary>
    Changed,

    /// <summary>No lock names it.</summary>
    Unknown,

    /// <summary>The comparison made no progress within the deadline.</summary>
    Deadline,

    /// <summary>The bytes could not be read to be compared.</summary>
    Unreadable,

    /// <summary>It was open before the gate stood.</summary>
    Open,

    /// <summary>A process has a disk, or a device's memory, in its own hands.</summary>
    Direct,
}

/// <summary>The words of <see cref="GateReason"/>.</summary>
public static class GateReasons
{
    public static string Word(this GateReason reason) => reason switch
    {
        GateReason.Known => "known",
        GateReason.Changed => "changed",
        GateReason.Unknown => "unknown",
        GateReason.Deadline => "deadline",
        GateReason.Unreadable => "unreadable",
        GateReason.Open => "open",
        _ => "direct",
    };
}
