using Canary.Rules;

namespace Canary.Watching;

/// <summary>Loads the rules anew when a file of theirs changes, or on demand; keeps the old ones when the new are at fault.</summary>
internal sealed class RuleWatch(IReadOnlyList<string> directories, Func<RuleLoad> load)
{
    private const int MostFiles = 50_000;

    private string _seen = Fingerprint(directories);

    /// <summary>Null when nothing changed.</summary>
    public RuleLoad? Changed()
    {
        if (directories.Count == 0)
            return null;
        string now = Fingerprint(directories);
        if (now == _seen)
            return null;
        _seen = now;
        return load();
    }

    /// <summary>Whatever changed or not: for SIGHUP.</summary>
    public RuleLoad Again()
    {
        _seen = Fingerprint(directories);
        return load();
    }

    private static string Fingerprint(IReadOnlyList<string> directories)
    {
        var hash = new HashCode();
        int files = 0;
        foreach (string directory in directories)
        {
            try
            {
                if (File.Exists(directory))
                    Add(ref hash, new FileInfo(directory));
                else if (Directory.Exists(directory))
                {
                    foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*.y*ml", SearchOption.AllDirectories).Take(MostFiles))
                    {
                        Add(ref hash, file);
                        files++;
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                hash.Add(e.Message);
            }
        }

        return $"{files}-{hash.ToHashCode():x}";
    }

    private static void Add(ref HashCode hash, FileInfo file)
    {
        hash.Add(file.FullName);
        hash.Add(file.Length);
        hash.Add(file.LastWriteTimeUtc);
    }
}
