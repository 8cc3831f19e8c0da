using System.Runtime.InteropServices;
using System.Text;

namespace Canary.Sensors.Hosting;

/// <summary>A small file that is there whole, with its old or its new words, whenever the power goes.</summary>
public static partial class DurableFile
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int DirectoryOnly = 0x10000, CloseOnExec = 0x80000;

    /// <summary>Puts the text in its place in one step; what this returned from is on the disk. For its owner alone to read.</summary>
    /// <exception cref="IOException">The disk is full, read-only or gone.</exception>
    public static void Write(string path, string text)
    {
        string staged = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mine;
        // One of a run that died at this point, or of another's making, is not written through.
        File.Delete(staged);
        try
        {
            using (var file = new FileStream(staged, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(staged, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What a full disk took of it would keep the disk full.
            TryDelete(staged);
            throw;
        }

        if (OperatingSystem.IsLinux())
            SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is overwritten the next time.
        }
    }

    private static void SyncDirectory(string directory)
    {
        int descriptor = Open(directory, DirectoryOnly | CloseOnExec);
        if (descriptor < 0)
            return;
        _ = FSync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
