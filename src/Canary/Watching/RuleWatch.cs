using Canary.Rules;

namespace Canary.Watching;

/// <summary>Loads the rules anew when a file of theirs changes, or on demand; keeps the old ones when the new are at fault.</summary>
internal sealed class RuleWatch
{
    private const int MostFiles = 50_000;

    private readonly Lock _gate = new();
    private IReadOnlyList<string> _directories;
    private Func<RuleLoad> _load;
    private string _seen;

    public RuleWatch(IReadOnlyList<string> directories, Func<RuleLoad> load)
    {
        (_directories, _load) = (directories, load);
        _seen = Fingerprint(directories);
    }

    /// <summary>Other directories and another way to load, from the next look on.</summary>
    public void Use(IReadOnlyList<string> directories, Func<RuleLoad> load)
    {
        lock (_gate)
            (_directories, _load) = (directories, load);
    }

    /// <summary>Null when nothing changed.</summary>
    public RuleLoad? Changed()
    {
        lock (_gate)
        {
            if (_directories.Count == 0)
                return null;
            string now = Fingerprint(_directories);
            if (now == _seen)
                return null;
            _seen = now;
            return _load();
        }
    }

    /// <summary>Whatever changed or not: for SIGHUP.</summary>
    public RuleLoad Again()
    {
        lock (_gate)
        {
            _seen = Fingerprint(_directories);
            return _load();
        }
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
