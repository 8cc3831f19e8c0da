using System.Globalization;

namespace Canary.Models.Locking;

/// <summary>
/// What tells one state of a file from another without reading it. Not proof: times are kept by the kernel, and whoever owns the kernel or
/// the disk below it can set them. A store to a page that was mapped and dirty before the file was synced moves no time at all; so sync
/// first, then ask for the key, then read.
/// </summary>
/// <param name="Generation">Of the inode number, which is used again when a file is gone; 0 where the file system keeps none.</param>
/// <param name="Changed">Of the inode (ctime), in nanoseconds since 1970.</param>
/// <param name="Written">Of the bytes (mtime), in nanoseconds since 1970.</param>
/// <param name="Boot">Of the run of the system: another kernel may have written the disk in between.</param>
public sealed record FileKey(ulong Device, ulong Inode, uint Generation, long Size, long Changed, long Written, string Boot)
{
    /// <summary>Names of the file, itself included.</summary>
    public uint Links { get; init; } = 1;

    /// <summary>The kernel lets nobody write, rename or delete it (the immutable flag), root included, until the flag is taken off, which moves <see cref="Changed"/>.</summary>
    public bool Sealed { get; init; }

    /// <summary>One line: the same for the same state.</summary>
    public string Word => string.Create(CultureInfo.InvariantCulture, $"{Device:x}.{Inode}.{Generation}.{Size}.{Changed}.{Written}.{Boot}");
}
