using System.IO.Enumeration;
using Canary.Config;

namespace Canary.Agents;

/// <summary>An agent's executable on this machine.</summary>
/// <param name="Called">Where it is called from.</param>
/// <param name="Resolved">What that is after links.</param>
public sealed record InstalledAgent(AgentProfile Profile, string Called, string Resolved, bool Verified);

/// <summary>Finds agents where their installers put them. Looks, never runs anything.</summary>
public static class InstalledAgents
{
    private const int MostEntries = 4096;

    /// <param name="directories">Folders of executables: the search path, and the homes' own.</param>
    /// <param name="homes">Home directories, for what installers put beside them.</param>
    public static IReadOnlyList<InstalledAgent> Find(Catalogue catalogue, IEnumerable<string> directories, IReadOnlyList<string> homes)
    {
        var found = new Dictionary<string, InstalledAgent>(StringComparer.Ordinal);
        string[] own = [".local/bin", ".npm-global/bin", ".bun/bin", ".cargo/bin", "bin", ".claude/local", ".opencode/bin", "AppData/Roaming/npm", "AppData/Local/Microsoft/WinGet/Links"];
        // Windows starts «claude» as one of these.
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];
        var all = directories.Concat(homes.SelectMany(home => own.Select(o => Path.Combine(home, o))))
            .Concat(homes.SelectMany(home => Entries(Path.Combine(home, ".nvm/versions/node")).Select(v => Path.Combine(v, "bin"))));
        foreach (string directory in all.Distinct(StringComparer.Ordinal))
        {
            foreach (var profile in catalogue.Profiles)
            {
                foreach (string basename in profile.Basenames)
                {
                    foreach (string ending in endings)
                        Add(found, catalogue, Path.Combine(directory, basename.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? basename : basename + ending));
                }
            }
        }

        foreach (string home in homes)
        {
            foreach (var profile in catalogue.Profiles)
            {
                foreach (string pattern in profile.Paths.Where(p => p.StartsWith("*/", StringComparison.Ordinal)))
                {
                    foreach (string path in Expand(home, pattern[2..]))
                        Add(found, catalogue, path);
                }
            }
        }

        return [.. found.Values.OrderBy(a => a.Profile.Name, StringComparer.Ordinal).ThenBy(a => a.Called, StringComparer.Ordinal)];
    }

    private static void Add(Dictionary<string, InstalledAgent> found, Catalogue catalogue, string path)
    {
        try
        {
            if (!File.Exists(path))
                return;
            string resolved = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            if (catalogue.Match(resolved, path, [path], out bool verified) is { } profile)
                found.TryAdd(resolved, new InstalledAgent(profile, path, resolved, verified));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A link in a circle, or a directory that is not ours to look into: nothing that could be run from here.
        }
    }

    private static IEnumerable<string> Expand(string directory, string pattern)
    {
        int slash = pattern.IndexOf('/', StringComparison.Ordinal);
        string part = slash < 0 ? pattern : pattern[..slash];
        var matches = part.AsSpan().ContainsAny('*', '?')
            ? Entries(directory).Where(e => FileSystemName.MatchesSimpleExpression(part, Path.GetFileName(e.AsSpan()), ignoreCase: false))
            : [Path.Combine(directory, part)];
        return slash < 0 ? matches : matches.SelectMany(m => Expand(m, pattern[(slash + 1)..]));
    }

    private static IReadOnlyList<string> Entries(string directory)
    {
        try
        {
            return Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Take(MostEntries)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
