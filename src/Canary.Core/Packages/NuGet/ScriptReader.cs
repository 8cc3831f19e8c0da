using System.Text.RegularExpressions;

namespace Canary.Packages.NuGet;

/// <summary>C# and F# scripts and notebooks: <c>#r "nuget: Id, Version"</c> (https://learn.microsoft.com/dotnet/fsharp/tools/fsharp-interactive).</summary>
public sealed partial class ScriptReader : IPackageFileReader
{
    private const int LongestLine = 4096;

    public string Format => ".NET script";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory)
    {
        int dot = name.LastIndexOf('.');
        return dot >= 0 && name[dot..] is ".csx" or ".fsx" or ".fsscript" or ".dib" or ".CSX" or ".FSX";
    }

    public void Read(SourceFile file, Inventory into)
    {
        foreach (var (number, match) in ScriptDirectives.Of(file, Directive(), LongestLine, into))
            Add(match.Groups[1].Value, number);

        void Add(string directive, int number)
        {
            string[] parts = directive.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            string? id = null, version = null, source = null;
            foreach (string part in parts)
            {
                int equals = part.IndexOf('=', StringComparison.Ordinal);
                string key = equals < 0 ? "" : part[..equals].Trim().ToLowerInvariant(), value = part[(equals + 1)..].Trim();
                if (key is "include" || (key is "" && id is null))
                    id = value;
                else if (key is "version" || (key is "" && version is null))
                    version = value;
                else if (key is "restoresources")
                    source = value;
            }

            if (id is not null)
                into.Add(new PackageEntry(Ecosystem.NuGet, id, NuGetVersion.Asked(version), file.Path, number) { Requested = version, Direct = true, Resolved = source });
            else if (source is null && !directive.Contains('=', StringComparison.Ordinal))
                into.Unread(file.Path, number, "a package has no name");
        }
    }

    [GeneratedRegex(@"^\s*#(?:r|load)\s+@?""+\s*nuget\s*:([^""]*)""", RegexOptions.IgnoreCase)]
    private static partial Regex Directive();
}
