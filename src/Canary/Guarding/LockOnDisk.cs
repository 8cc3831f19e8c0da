using Canary.ModelFiles;
using Canary.Models.Gating;
using Canary.Models.Locking;

namespace Canary.Guarding;

/// <summary>A lock that was read, and where.</summary>
/// <param name="Read">The file as it was before it was read: what is another by then was not seen.</param>
internal sealed record LockOnDisk(ModelLock Held, FileStamp? Read, string LockFile)
{
    /// <summary>What the gate asks about the files below some paths.</summary>
    public GateBook Book(IReadOnlyList<string> paths) => LockedBook.Of(new AskedFiles(Held, LockFile, paths));
}
