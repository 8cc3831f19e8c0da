using Canary.Text;
using Canary.Yaml;

namespace Canary.Models.Locking;

/// <summary>A lock on a disk.</summary>
public static class LockStore
{
    private const int BufferBytes = 64 * 1024;

    /// <returns>Null where there is a fault.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ModelLock? Read(string path, Diagnostics faults)
    {
        // Whoever puts a pipe there would hold the start up: opening one waits for its writer.
        var file = new FileInfo(path);
        if (!file.Exists || file.Length == 0)
        {
            faults.Add(path, 0, 0, file.Exists || Path.Exists(path) ? "it is empty, or no file" : "no such file");
            return null;
        }

        using var handle = File.OpenHandle(path);
        long length = RandomAccess.GetLength(handle);
        if (length > LockReader.MostBytes)
        {
            faults.Add(path, 0, 0, $"larger than {ByteSize.Write(LockReader.MostBytes)}, which no lock is");
            return null;
        }

        byte[] bytes = new byte[length];
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(read), read) is > 0 and int more)
            read += more;
        return LockReader.Read(bytes.AsMemory(0, read), path, faults);
    }

    /// <summary>Puts the lock in its place in one step: whatever happens on the way, the old one or the new one is there, whole.</summary>
    /// <exception cref="IOException">The disk is full, or fails; the old one is as it was.</exception>
    public static void Write(string path, ModelLock held) => Write(path, held.Bytes(), Create);

    internal static void Write(string path, byte[] bytes, Func<string, Stream> create)
    {
        string staged = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            using (var file = create(staged))
            {
                file.Write(bytes);
                // Else a power cut could leave the new name on no bytes.
                if (file is FileStream real)
                    real.Flush(flushToDisk: true);
                else
                    file.Flush();
            }

            File.Move(staged, path, overwrite: true);
        }
        catch
        {
            File.Delete(staged);
            throw;
        }
    }

    private static FileStream Create(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
}
