using System.Collections.Concurrent;
using Canary.Packages;
using Canary.Packages.Xml;

namespace Canary.Registries;

/// <summary>From which feeds NuGet takes packages, by the nuget.config files of the tree and of the user, and by projects that name feeds.</summary>
internal sealed class NuGetSources(SettingsFiles files, UserRegistries user)
{
    public static readonly IReadOnlyList<string> ConfigNames = ["nuget.config", "NuGet.config", "NuGet.Config"];

    private static readonly string[] ProjectExtensions = [".csproj", ".fsproj", ".vbproj", ".props", ".targets"];

    private readonly ConcurrentDictionary<string, string> _projects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (List<Feed> Feeds, List<(string Key, string Pattern)> Patterns)> _feeds = new(StringComparer.Ordinal);

    /// <summary>Why a package may have come from elsewhere; null where it cannot.</summary>
    public string? WhyWithheld(PackageEntry entry, IRegistry registry)
    {
        try
        {
            foreach (string directory in files.Within(entry.File))
            {
                if (_projects.GetOrAdd(directory, d => ProjectWithFeeds(d) ?? "") is { Length: > 0 } project)
                    return $"{project} names feeds of its own";
            }

            var (feeds, patterns) = _feeds.GetOrAdd(Path.GetDirectoryName(entry.File) ?? "", _ => Read(entry.File));
            if (feeds.TrueForAll(f => PublicNames.IsPublic(f.Address, registry)))
                return null;
            var mapped = Mapped(entry.Name, patterns);
            bool isMappedToPublic = mapped.Count > 0 && mapped.TrueForAll(key => feeds.Exists(f => Same(f.Key, key)) && feeds.TrueForAll(f => !Same(f.Key, key) || PublicNames.IsPublic(f.Address, registry)));
            return isMappedToPublic ? null : "a nuget.config names another feed that may have it";
        }
        catch (UnreadableFileException)
        {
            return "a file that names feeds cannot be read";
        }
    }

    /// <summary>Feeds from the nearest file up: what one file clears, those further away do not bring back. Patterns of all files.</summary>
    private (List<Feed> Feeds, List<(string Key, string Pattern)> Patterns) Read(string file)
    {
        var feeds = new List<Feed>();
        var patterns = new List<(string Key, string Pattern)>();
        bool isCleared = false;
        foreach (string directory in files.Upwards(file).Concat(user.NuGetConfigs))
        {
            foreach (var root in ConfigNames.Select(name => files.Open(directory, name)).OfType<SourceFile>().Take(1).Select(XmlFile.Read))
            {
                foreach (var source in root.All("packageSourceMapping").SelectMany(m => m.All("packageSource")))
                    patterns.AddRange(source.All("package").Select(p => (source.Mark("key") ?? "", p.Mark("pattern") ?? "")));
                if (isCleared)
                    continue;
                var sources = root.Child("packageSources")?.Children ?? [];
                // Order within the file counts: what stands before the clearing is gone, too.
                int cleared = -1;
                for (int i = 0; i < sources.Count; i++)
                    cleared = sources[i].Is("clear") ? i : cleared;
                feeds.AddRange(sources.Skip(cleared + 1).Where(s => s.Is("add")).Select(s => new Feed(s.Mark("key") ?? "", s.Mark("value") ?? "")));
                isCleared = cleared >= 0;
            }
        }

        return (feeds, patterns);
    }

    /// <summary>The feeds of the longest pattern that fits, as NuGet chooses (https://learn.microsoft.com/nuget/consume-packages/package-source-mapping).</summary>
    private static List<string> Mapped(string name, List<(string Key, string Pattern)> patterns)
    {
        int longest = -1;
        var mapped = new List<string>();
        foreach (var (key, pattern) in patterns)
        {
            bool isPrefix = pattern.EndsWith('*');
            if (isPrefix ? !name.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase) : !Same(name, pattern))
                continue;
            // A name in full goes before a prefix of the same length.
            int length = isPrefix ? (pattern.Length - 1) * 2 : (pattern.Length * 2) + 1;
            if (length < longest)
                continue;
            if (length > longest)
                mapped.Clear();
            longest = length;
            mapped.Add(key);
        }

        return mapped;
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private string? ProjectWithFeeds(string directory)
    {
        if (!Directory.Exists(directory))
            return null;
        string[] names;
        try
        {
            names = [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)!).Where(n => ProjectExtensions.Contains(Path.GetExtension(n), StringComparer.OrdinalIgnoreCase)).Take(200)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableFileException(0, e.Message);
        }

        return names.FirstOrDefault(name => files.Open(directory, name) is { } file
            && (file.Bytes.Span.IndexOf("RestoreSources"u8) >= 0 || file.Bytes.Span.IndexOf("RestoreAdditionalProjectSources"u8) >= 0));
    }

    private sealed record Feed(string Key, string Address);
}
