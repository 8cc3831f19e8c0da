using Canary.Config;
using Canary.Scanning;

namespace Canary.Gating;

/// <summary>Where a change edits the settings that it is judged by: it is judged by those of its base, and told so.</summary>
internal static class PolicyEdits
{
    private const string Waivers = "waivers:";
    private const long MostBytes = 8 * 1024 * 1024;

    /// <param name="policies">Files further down, from the root of the scan, of the tree or of its base.</param>
    public static IEnumerable<ScanFinding> Of(BaseTree before, ConfigLocation location, ScanReport report, IEnumerable<string> policies)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string place in location.Named is { } named ? [named] : location.Candidates)
            files.Add(Path.GetFullPath(place));
        foreach (string policy in policies)
        {
            // Other programs have a canary.yml, too.
            string file = Path.GetFullPath(Path.Combine(report.Directory, policy));
            if (Text(file)?.Contains(Waivers, StringComparison.Ordinal) == true || (before.At(file) is { } was && Text(was)?.Contains(Waivers, StringComparison.Ordinal) == true))
                files.Add(file);
        }

        foreach (string file in files)
        {
            if (before.At(file) is not { } was || Text(file) == Text(was))
                continue;
            string name = Path.GetRelativePath(report.Directory, file).Replace('\\', '/');
            string how = !File.Exists(was) ? "adds" : !File.Exists(file) ? "removes" : "edits";
            yield return new ScanFinding(
                GateRules.Edited, "config", name, name, 0, $"this change {how} canary.yml; the base's was used",
                ["Read what it changes: it holds from the next change on."]);
        }
    }

    /// <summary>Null for no file. Git may write other line ends into the working tree than it keeps.</summary>
    private static string? Text(string file)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, LinkTarget: null, Length: > 0 and < MostBytes } ? File.ReadAllText(file).ReplaceLineEndings("\n") : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
