using System.Text.RegularExpressions;

namespace Canary.Packages.NuGet;

/// <summary>Cake's scripts: <c>#addin</c>, <c>#tool</c>, <c>#module</c> and <c>#load nuget:?package=Id&amp;version=V</c> (https://cakebuild.net/docs/writing-builds/preprocessor-directives/).</summary>
public sealed partial class CakeReader : IPackageFileReader
{
    private const int LongestLine = 4096;

    public string Format => "Cake script";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.EndsWith(".cake", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        foreach (var (number, match) in ScriptDirectives.Of(file, Directive(), LongestLine, into))
            Add(match.Groups[1].Value, match.Groups[2].Value, number);

        void Add(string feed, string query, int number)
        {
            string? id = null, version = null;
            foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                int equals = pair.IndexOf('=', StringComparison.Ordinal);
                string key = (equals < 0 ? pair : pair[..equals]).ToLowerInvariant(), value = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
                if (key is "package")
                    id = value;
                else if (key is "version")
                    version = value;
            }

            if (id is not { Length: > 0 })
                into.Unread(file.Path, number, "a package has no name");
            else
                into.Add(new PackageEntry(Ecosystem.NuGet, id, NuGetVersion.Asked(version), file.Path, number) { Requested = version, Direct = true, Resolved = feed.Length > 0 ? feed : null });
        }
    }

    [GeneratedRegex(@"^\s*#(?:addin|tool|module|l|load)\s+@?""?\s*(?:nuget|dotnet):([^?""\s]*)\?([^""\s]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Directive();
}
