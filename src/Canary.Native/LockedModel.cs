using Canary.Models.Locking;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Native;

/// <summary>Finds one model in a lock file.</summary>
internal static class LockedModel
{
    /// <summary>Faults of a lock that are told.</summary>
    private const int MostFaults = 5;

    /// <param name="model">As the lock names it; else a path of the file, which need not exist.</param>
    /// <param name="words">What is wrong, for people; empty where nothing is.</param>
    public static VerifyOutcome Find(string lockPath, string model, out LockedFile? found, out string words)
    {
        found = null;
        if (Read(lockPath, out words) is not { } held)
            return VerifyOutcome.NoLock;
        found = held.Find(model) ?? held.Find(BelowBase(held, lockPath, model));
        if (found is not null)
            return VerifyOutcome.Verified;
        words = Printable.Line($"{lockPath} does not name {model}", 1000);
        return VerifyOutcome.NotLocked;
    }

    private static string BelowBase(ModelLock held, string lockPath, string model)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(lockPath)) ?? "/";
        return Path.GetRelativePath(Path.GetFullPath(held.Base, directory), Path.GetFullPath(model)).Replace('\\', '/');
    }

    private static ModelLock? Read(string path, out string words)
    {
        try
        {
            using var file = File.OpenHandle(path);
            long length = RandomAccess.GetLength(file);
            if (length > LockReader.MostBytes)
            {
                words = Printable.Line($"{path} is larger than any lock", 1000);
                return null;
            }

            byte[] bytes = new byte[length];
            int read = 0;
            while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is > 0 and int more)
                read += more;
            var faults = new Diagnostics();
            var held = LockReader.Read(bytes.AsMemory(0, read), path, faults);
            words = held is null ? Printable.Line(string.Join("; ", faults.All.Take(MostFaults)), 1000) : "";
            return held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            words = Printable.Line($"{path}: {e.Message}", 1000);
            return null;
        }
    }
}
