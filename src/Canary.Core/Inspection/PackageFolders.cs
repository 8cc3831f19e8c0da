using Canary.Packages;

namespace Canary.Inspection;

/// <summary>Tells by a directory's place which package it belongs to. For one walk and one thread: it remembers the folders it met.</summary>
/// <param name="root">Of the scan, absolute: it may lie inside of a package folder itself.</param>
/// <param name="whole">The root is an unpacked package, whatever its place.</param>
public sealed class PackageFolders(string root, bool whole = false)
{
    private readonly string _above = root.Replace('\\', '/').TrimEnd('/') + "/";
    private readonly Dictionary<string, PackageFolder> _met = new(StringComparer.Ordinal);
    private readonly HashSet<string> _marked = new(StringComparer.Ordinal);
    private string? _last;
    private PackageFolder _lastFolder = PackageFolder.None;

    /// <summary>The package that a file belongs to, by its directory relative to the root; <see cref="PackageFolder.None"/> for none.</summary>
    /// <param name="name">The file's own name: some mark their directory as a package.</param>
    public PackageFolder Of(string directory, string name)
    {
        // NuGet leaves this in each package it unpacks, wherever the folder of packages lies; it sorts before what else is there.
        if (name == ".nupkg.metadata" && _marked.Add(directory))
            _last = null;
        // In site-packages each file at the top is a module or a start-up file of its own.
        if (directory != _last || directory.EndsWith("-packages", StringComparison.Ordinal))
            (_last, _lastFolder) = (directory, Find(directory, name));
        return _lastFolder;
    }

    private PackageFolder Find(string directory, string name)
    {
        string full = directory.Length == 0 ? _above : _above + directory + "/";
        if (ByPlace(full, name) is { } placed && Relative(full, placed.Length) is { } relative)
            return Met(placed.Ecosystem, placed.Name, placed.Version, relative);
        if (Marked(directory) is { } marked)
            return marked;
        return whole ? Met(Ecosystem.Npm, System.IO.Path.GetFileName(root.TrimEnd('/')), null, "") : PackageFolder.None;
    }

    private PackageFolder? Marked(string directory)
    {
        if (_marked.Count == 0)
            return null;
        for (string at = directory; ; at = at[..at.LastIndexOf('/')])
        {
            if (_marked.Contains(at))
            {
                string[] parts = (_above + at).TrimEnd('/').Split('/');
                return Met(Ecosystem.NuGet, parts.Length > 1 ? parts[^2] : parts[^1], parts[^1], at);
            }

            if (!at.Contains('/', StringComparison.Ordinal))
                return null;
        }
    }

    private PackageFolder Met(string ecosystem, string name, string? version, string relative)
    {
        string key = relative + "\n" + name;
        if (!_met.TryGetValue(key, out var folder))
            _met[key] = folder = new PackageFolder(ecosystem, name, version, relative);
        return folder;
    }

    /// <summary>The folder's root relative to the scan's; empty where the scan began inside the package.</summary>
    private string? Relative(string full, int length) =>
        length <= _above.Length ? "" : full[_above.Length..length].TrimEnd('/');

    /// <summary>By the innermost place that package clients unpack to. <c>Length</c> is that of the folder's path, with its slash.</summary>
    private static (string Ecosystem, string Name, string? Version, int Length)? ByPlace(string full, string file)
    {
        (string, string, string?, int)? found = null;
        int end = 0, best = -1;
        for (int start = full.Length > 0 && full[0] == '/' ? 1 : 0; start < full.Length; start = end + 1)
        {
            end = full.IndexOf('/', start);
            if (end < 0)
                break;
            var place = At(full, start, end, file);
            if (place is not null && start > best)
                (found, best) = (place, start);
        }

        return found;
    }

    private static (string, string, string?, int)? At(string full, int start, int end, string file)
    {
        var segment = full.AsSpan(start, end - start);
        string next = Segment(full, end + 1), second = Segment(full, end + 1 + next.Length + 1);
        switch (segment)
        {
            case "node_modules" when next.Length > 0 && next[0] != '.':
                return next[0] != '@' ? (Ecosystem.Npm, next, null, end + 1 + next.Length + 1)
                    : second.Length > 0 ? (Ecosystem.Npm, $"{next}/{second}", null, end + 1 + next.Length + 1 + second.Length + 1) : null;
            case "site-packages" or "dist-packages":
                string top = next.Length > 0 ? next : file;
                return (Ecosystem.PyPI, ModuleName(top), null, next.Length > 0 ? end + 1 + next.Length + 1 : end + 1);
            case "packages" when second.Length > 0 && char.IsAsciiDigit(second[0]) && full.AsSpan(0, start).EndsWith(".nuget/", StringComparison.Ordinal):
                return (Ecosystem.NuGet, next, second, end + 1 + next.Length + 1 + second.Length + 1);
            case "vendor" when second.Length > 0 && next is not ("bundle" or "composer" or "bin") && !next.Contains('.', StringComparison.Ordinal):
                return (Ecosystem.Packagist, $"{next}/{second}", null, end + 1 + next.Length + 1 + second.Length + 1);
            case "src" when second.Length > 0 && full.AsSpan(0, start).EndsWith("registry/", StringComparison.Ordinal):
                return Versioned(Ecosystem.Crates, second, end + 1 + next.Length + 1 + second.Length + 1);
            case "gems" when next.Contains('-', StringComparison.Ordinal):
                return Versioned(Ecosystem.RubyGems, next, end + 1 + next.Length + 1);
            case "extensions" when next.Contains('.', StringComparison.Ordinal) && IsEditor(full, start):
                return Versioned(Ecosystem.VSCode, next, end + 1 + next.Length + 1);
            default:
                return null;
        }
    }

    private static bool IsEditor(string full, int start)
    {
        var above = full.AsSpan(0, Math.Max(0, start - 1));
        var parent = above[(above.LastIndexOf('/') + 1)..];
        return parent is ".vscode" or ".vscode-server" or ".vscode-insiders" or ".vscode-oss" or ".cursor" or ".cursor-server" or ".windsurf";
    }

    /// <summary><c>name-1.2.3</c>: the version begins after the last dash that a digit follows.</summary>
    private static (string, string, string?, int)? Versioned(string ecosystem, string folder, int length)
    {
        for (int dash = folder.IndexOf('-'); dash >= 0; dash = folder.IndexOf('-', dash + 1))
        {
            if (dash + 1 < folder.Length && char.IsAsciiDigit(folder[dash + 1]) && folder.AsSpan(dash).Contains('.'))
                return (ecosystem, folder[..dash], folder[(dash + 1)..], length);
        }

        return (ecosystem, folder, null, length);
    }

    private static string ModuleName(string top)
    {
        int cut = top.IndexOf(".dist-info", StringComparison.Ordinal) is >= 0 and int dist ? dist : top.IndexOf(".egg-info", StringComparison.Ordinal);
        string bare = cut >= 0 ? top[..cut] : top;
        int dash = cut >= 0 ? bare.IndexOf('-') : -1;
        return dash > 0 ? bare[..dash] : bare;
    }

    private static string Segment(string full, int start)
    {
        if (start >= full.Length)
            return "";
        int end = full.IndexOf('/', start);
        return end < 0 ? "" : full[start..end];
    }
}
