using System.Security.Cryptography;
using System.Text;

namespace Canary.Registries;

/// <summary>
/// What registries said, a file for each package, readable by its owner alone. What is not as it should be is not there: a cache is no
/// reason to fail. For several threads.
/// </summary>
/// <param name="directory">Made when something is kept.</param>
public sealed class RegistryCache(string directory, TimeProvider time)
{
    /// <summary>More than this, and the oldest go.</summary>
    public const int MostFiles = 50_000;

    private const int MostBytes = 256 * 1024;
    private const string Extension = ".json";
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How long owners are remembered after a package was last asked for.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>The last answer, however old; null where none is kept that can be used.</summary>
    public PackageFacts? Find(IRegistry registry, string name)
    {
        try
        {
            string path = PathOf(registry, name);
            // A pipe or a link in its place is none of ours.
            if (new FileInfo(path) is not { Exists: true, Length: > 0 and <= MostBytes, LinkTarget: null })
                return null;
            var facts = CachedFacts.Read(File.ReadAllBytes(path));
            // A day from the future would be fresh for ever.
            return facts is not null && facts.Name == name && facts.Asked <= time.GetUtcNow() && time.GetUtcNow() - facts.Asked < Longest ? facts : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps it in one step: whoever reads at the same time sees the old or the new.</summary>
    public void Keep(IRegistry registry, PackageFacts facts)
    {
        byte[] bytes = CachedFacts.Write(facts);
        if (bytes.Length > MostBytes)
            return;
        string path = PathOf(registry, facts.Name), staged = $"{path}.{Guid.NewGuid():N}";
        try
        {
            Prepare();
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = Mine;
            using (var file = new FileStream(staged, options))
                file.Write(bytes);
            File.Move(staged, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk, a state directory that cannot be written: the next scan asks again.
            TryDelete(staged);
        }
    }

    /// <summary>Lets the oldest go where there are too many, and what a killed scan left half written.</summary>
    public void Sweep()
    {
        try
        {
            if (!Directory.Exists(directory))
                return;
            var files = new DirectoryInfo(directory).EnumerateFiles().Select(f => (f.FullName, f.LastWriteTimeUtc, IsWhole: f.Extension == Extension)).ToList();
            var old = time.GetUtcNow() - Longest;
            foreach (var (path, written, isWhole) in files)
            {
                if (isWhole ? written < old : written < time.GetUtcNow().AddHours(-1))
                    TryDelete(path);
            }

            foreach (var (path, _, _) in files.Where(f => f.IsWhole).OrderByDescending(f => f.LastWriteTimeUtc).Skip(MostFiles))
                TryDelete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As above.
        }
    }

    private void Prepare()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, Mine | UnixFileMode.UserExecute);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing depends on it.
        }
    }

    // A name may hold what no file is called, and differ from another in case alone.
    private string PathOf(IRegistry registry, string name) => Path.Combine(
        directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{registry.Ecosystem}\0{registry.Address.AbsoluteUri}\0{name}")).AsSpan(0, 20)) + Extension);
}
