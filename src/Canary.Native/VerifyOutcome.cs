namespace Canary.Native;

/// <summary>What a call answers; the numbers are those of canary_verify.h.</summary>
internal enum VerifyOutcome
{
    /// <summary>Every byte is as the lock says.</summary>
    Verified = 0,

    /// <summary>Bytes differ from the lock, or from what was handed in for the same place before.</summary>
    Differs = 1,

    /// <summary>Nothing is wrong so far; bytes at an edge wait for the rest of their chunk.</summary>
    Incomplete = 2,

    /// <summary>The range ends behind the end of the locked file.</summary>
    NotCovered = 3,

    BadArgument = -1,
    BadHandle = -2,

    /// <summary>There is no lock at the path, or it has a fault.</summary>
    NoLock = -3,

    /// <summary>The lock does not name the model.</summary>
    NotLocked = -4,

    /// <summary>Too many chunks, or models, are begun at once.</summary>
    TooMany = -5,

    /// <summary>Anything else: no memory, say.</summary>
    Failed = -6,
}
