using System.Globalization;
using Canary.Hashing;

namespace Canary.Models.Locking;

/// <summary>
/// What was read whole and found good, by the file's key and its BLAKE3: a small file each. A record says that the bytes were right when the
/// key was as it is now. For a sealed file that is as good as reading it again; for another one it is as good as the times that the
/// kernel keeps, see <see cref="FileKey"/>.
/// </summary>
/// <param name="directory">Below the state directory; made when something is kept.</param>
public sealed class VerdictRecords(string directory, TimeProvider time)
{
    /// <summary>More than this, and the oldest go.</summary>
    public const int MostRecords = 20_000;

    private const string Head = "canary-verdict 1";
    private const int MostBytes = 16 * 1024;

    public bool Holds(FileKey key, LockedFile file) => StateFile.Read(PathOf(key, file), MostBytes) is { } text && text.StartsWith(Body(key, file), StringComparison.Ordinal);

    /// <summary>As far as the disk allows: without a record the next verification reads the file again.</summary>
    public void Keep(FileKey key, LockedFile file)
    {
        try
        {
            StateFile.Write(PathOf(key, file), Body(key, file) + time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As above.
        }
    }

    /// <summary>Lets the oldest go where there are too many.</summary>
    public void Sweep()
    {
        try
        {
            if (!Directory.Exists(directory))
                return;
            foreach (var old in new DirectoryInfo(directory).EnumerateFiles().OrderByDescending(f => f.LastWriteTimeUtc).Skip(MostRecords))
                old.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another one sweeps as well.
        }
    }

    private static string Body(FileKey key, LockedFile file) => $"{Head}\n{key.Word}\n{file.Blake3}\n";

    // One record an inode and digest: a newer state of the same file takes the older one's place.
    private string PathOf(FileKey key, LockedFile file) => Path.Combine(directory, Blake3.Hex(
        string.Create(CultureInfo.InvariantCulture, $"{key.Device}\0{key.Inode}\0{file.Blake3}"))[..40]);
}
