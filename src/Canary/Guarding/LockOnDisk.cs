using Canary.ModelFiles;
using Canary.Models.Gating;
using Canary.Models.Locking;
using Canary.Yaml;

namespace Canary.Guarding;

/// <summary>A lock that was read, and where.</summary>
/// <param name="Read">The file as it was before it was read: what is another by then was not seen.</param>
internal sealed record LockOnDisk(ModelLock Held, FileStamp? Read, string LockFile)
{
    /// <summary>The lock as it is on the disk now; null with the reason where there is none that can be used.</summary>
    public static ModelLock? Now(string lockFile, out string why)
    {
        var faults = new Diagnostics();
        try
        {
            var held = LockStore.Read(lockFile, faults);
            why = held is not null ? "" : faults.Count > 0 ? faults.All[0].ToString() : "it cannot be read";
            return held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = e.Message;
            return null;
        }
    }

    /// <summary>What the gate asks about the files below some paths.</summary>
    public GateBook Book(IReadOnlyList<string> paths) => LockedBook.Of(new AskedFiles(Held, LockFile, paths));
}
