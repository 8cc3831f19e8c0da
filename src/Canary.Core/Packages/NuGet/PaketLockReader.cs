using System.Text.RegularExpressions;

namespace Canary.Packages.NuGet;

/// <summary>
/// Paket's <c>paket.lock</c>: groups, sources by indentation, packages at four spaces and what they need at six
/// (https://fsprojects.github.io/Paket/lock-file.html). What was asked for stands in <c>paket.dependencies</c> beside it.
/// </summary>
public sealed partial class PaketLockReader : IPackageFileReader
{
    private const int LongestLine = 64 * 1024;

    public string Format => "Paket lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.Equals("paket.lock", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        var asked = Asked(file);
        string kind = "", remote = "";
        foreach (var (number, line) in SourceText.Lines(SourceText.Of(file)))
        {
            string text = line.Trim();
            if (text.Length == 0)
                continue;
            if (line.Length > LongestLine)
                into.Unread(file.Path, number, $"a line of more than {LongestLine:N0} characters");
            else if (!char.IsWhiteSpace(line[0]))
                (kind, remote) = (text, "");
            else if (text.StartsWith("remote:", StringComparison.OrdinalIgnoreCase))
                remote = text["remote:".Length..].Trim();
            else if (line.StartsWith("     ", StringComparison.Ordinal) && kind is not "GIT")
                continue;
            else if (kind is "NUGET" or "GITHUB" or "GIT" or "HTTP" or "GIST" && line.StartsWith("    ", StringComparison.Ordinal))
                Add(text, number);
        }

        void Add(string text, int number)
        {
            if (Package().Match(text) is not { Success: true } match)
            {
                // A file of an URL has no version, and the settings of a git repository no parentheses.
                if (kind is "NUGET")
                    into.Unread(file.Path, number, "a package is not NAME (VERSION)");
                return;
            }

            string name = match.Groups[1].Value.Trim(), version = match.Groups[2].Value.Trim();
            if (kind is "NUGET")
                into.Add(new PackageEntry(Ecosystem.NuGet, name, version, file.Path, number)
                {
                    Direct = asked?.Contains(name),
                    Resolved = remote.Length > 0 ? remote : null,
                    Origin = remote.Length == 0 || remote.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? PackageOrigin.Registry : PackageOrigin.Local,
                });
            else
                into.Add(new PackageEntry(Ecosystem.NuGet, name.Length > 0 ? $"{Repository(remote)}:{name}" : Repository(remote), null, file.Path, number)
                {
                    Requested = version,
                    Resolved = remote,
                    Origin = kind is "HTTP" ? PackageOrigin.Url : PackageOrigin.Git,
                });
        }
    }

    private static string Repository(string remote) => Uri.TryCreate(remote, UriKind.Absolute, out var url) && url.AbsolutePath.Length > 1 ? url.AbsolutePath.Trim('/') : remote;

    /// <summary>The names in <c>paket.dependencies</c>; null where it is not there.</summary>
    private static HashSet<string>? Asked(SourceFile file)
    {
        if (file.Open((file.Directory.Length == 0 ? "" : file.Directory + "/") + "paket.dependencies") is not { } dependencies)
            return null;
        var asked = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (_, line) in SourceText.Lines(SourceText.Of(dependencies)))
        {
            string[] words = line.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0].Equals("nuget", StringComparison.OrdinalIgnoreCase))
                asked.Add(words[1]);
        }

        return asked;
    }

    [GeneratedRegex(@"^([^()]*)\(([^()]*)\)")]
    private static partial Regex Package();
}
