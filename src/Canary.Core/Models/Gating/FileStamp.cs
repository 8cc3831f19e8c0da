namespace Canary.Models.Gating;

/// <summary>Which file it is, and since when it is so. While it stays equal, and a change would have moved it, a verdict on the bytes stands.</summary>
/// <param name="Generation">Tells apart two files that had the same inode number one after the other; 0 where the filesystem has none.</param>
/// <param name="ChangedNs">ctime in nanoseconds. It cannot be set back by a process, as mtime can.</param>
/// <remarks>
/// A store through a shared mapping to a page that was dirty already moves neither time. Whoever takes a stamp to rest a verdict on
/// must have the file synced to its medium before: that write-protects the pages, and the next store moves ctime.
/// </remarks>
public readonly record struct FileStamp(ulong Device, ulong Inode, uint Generation, long Size, long ChangedNs, long ModifiedNs)
{
    public bool SameFile(FileStamp other) => Device == other.Device && Inode == other.Inode && Generation == other.Generation;
}
