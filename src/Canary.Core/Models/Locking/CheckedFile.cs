namespace Canary.Models.Locking;

/// <summary>What a verification found of one file.</summary>
public enum FileState : byte
{
    /// <summary>Its bytes are those of the lock.</summary>
    Good,

    /// <summary>Of the right size, with other bytes.</summary>
    Corrupt,

    Grown,

    Shrunk,

    Missing,

    /// <summary>It could not be read to its end.</summary>
    Unreadable,

    /// <summary>It was written or replaced while it was read: nothing is known of it.</summary>
    Unstable,

    /// <summary>The verification was stopped before it was through.</summary>
    Unfinished,
}

/// <summary>One file of a lock, held against the disk.</summary>
/// <param name="FullPath">Where it was looked for.</param>
public sealed record CheckedFile(LockedFile File, string FullPath, FileState State)
{
    /// <summary>Where the bytes differ, in whole chunks, neighbours joined.</summary>
    public IReadOnlyList<BadRange> Bad { get; init; } = [];

    /// <summary>For people; null where <see cref="State"/> says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>It was not read now: an earlier verification left a record, and the file's key is still the same.</summary>
    public bool FromRecord { get; init; }

    /// <summary>Its state when it was read; null where the system tells none.</summary>
    public FileKey? Key { get; init; }

    /// <summary>Its size on the disk; null where there is none.</summary>
    public long? Size { get; init; }
}

/// <summary>Bytes that are not those of the lock.</summary>
/// <param name="Tensors">Those with bytes in it.</param>
public sealed record BadRange(long Offset, long Length, IReadOnlyList<LockedTensor> Tensors);
