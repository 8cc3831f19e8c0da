using Microsoft.Win32.SafeHandles;

namespace Canary.Models.Locking;

/// <summary>Files by what every system has: no key, so that each verification reads every byte.</summary>
public sealed class PlainFiles : IModelFiles
{
    public SafeFileHandle Open(string path)
    {
        // A directory, a device, a pipe: all have a name and none has bytes to lock.
        if (!File.Exists(path))
            throw Directory.Exists(path) ? new IOException("a directory, no file") : new FileNotFoundException("no such file", path);
        if ((File.GetAttributes(path) & FileAttributes.Device) != 0)
            throw new IOException("a device, no file");
        return File.OpenHandle(path);
    }

    public FileKey? KeyOf(SafeFileHandle file) => null;

    public void Sync(SafeFileHandle file)
    {
    }
}
