using Canary.Packages.Sources;

namespace Canary.Packages.Python;

/// <summary>
/// pip's requirements files, with those that they include (https://pip.pypa.io/en/stable/reference/requirements-file-format/). An index
/// option in a file is where its packages are resolved.
/// </summary>
public sealed class RequirementsReader : IPackageFileReader
{
    private const int MostDepth = 16;

    // Files that each include two others are two to the power of the depth.
    private const int MostIncluded = 20_000;

    private static readonly string[] Development = ["dev", "develop", "development", "test", "tests", "testing", "lint"];

    private static readonly string[] OtherOptions =
    [
        "-i", "-f", "--index-url", "--extra-index-url", "--no-index", "--find-links", "--no-binary", "--only-binary", "--prefer-binary",
        "--require-hashes", "--pre", "--trusted-host", "--use-feature",
    ];

    public string Format => "pip requirements";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory)
    {
        bool text = name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);
        if (!text && !name.EndsWith(".in", StringComparison.OrdinalIgnoreCase))
            return false;
        var stem = name[..name.LastIndexOf('.')];
        return stem.Contains("requirements", StringComparison.OrdinalIgnoreCase) || stem.Contains("constraints", StringComparison.OrdinalIgnoreCase)
            || directory[(directory.LastIndexOf('/') + 1)..] is "requirements" or "constraints";
    }

    public void Read(SourceFile file, Inventory into) => Read(file, into, file.Name.Contains("constraints", StringComparison.OrdinalIgnoreCase), 0);

    private static void Read(SourceFile file, Inventory into, bool constraints, int depth)
    {
        if (!into.First(file.Path))
            return;
        if (file.Bytes.Span.Contains((byte)0))
        {
            into.Unread(file.Path, 1, "not text");
            return;
        }

        var lines = RequirementLines.Of(file).ToList();
        string? index = lines.Select(l => RequirementLines.Option(l.Text, "-i", "--index-url")).LastOrDefault(u => u is not null);
        var extra = lines.Select(l => RequirementLines.Option(l.Text, null, "--extra-index-url")).Where(u => u is not null);
        string indexes = string.Join(' ', index is null ? extra : extra.Prepend(index));
        // pip-compile writes what the project asks for and what that needs into one list.
        bool? direct = constraints || file.Bytes.Span.IndexOf("# via"u8) >= 0 ? null : true;
        bool? dev = file.Name.Split('-', '_', '.').Any(word => Development.Contains(word, StringComparer.OrdinalIgnoreCase)) ? true : null;
        foreach (var (text, line) in lines)
        {
            PipOptions.Read(text, file.Path, line, into);
            if (RequirementLines.Option(text, "-r", "--requirement") is { } included)
                Include(included, file, line, into, constraints, depth);
            else if (RequirementLines.Option(text, "-c", "--constraint") is { } constraint)
                Include(constraint, file, line, into, true, depth);
            else if (Entry(text, file.Path, line) is { } entry)
                into.Add(entry with { Direct = direct, Dev = dev, Resolved = entry.Resolved ?? (indexes.Length > 0 ? indexes : null) });
            else if (!text.StartsWith('-'))
                into.Unread(file.Path, line, "not a requirement");
            else if (!OtherOptions.Any(o => text.StartsWith(o, StringComparison.Ordinal) && (text.Length == o.Length || text[o.Length] is ' ' or '\t' or '=')))
                into.Unread(file.Path, line, "not an option of requirements files");
        }
    }

    private static void Include(string name, SourceFile file, int line, Inventory into, bool constraints, int depth)
    {
        if (name.Contains("://", StringComparison.Ordinal))
            into.Unread(file.Path, line, "includes a file from the network");
        else if (into.Included >= MostIncluded)
            into.Unread(file.Path, line, $"more than {MostIncluded:N0} requirements files; this one is not followed");
        else if (depth >= MostDepth)
            into.Unread(file.Path, line, $"more than {MostDepth} files include one another");
        else if (file.Open(Joined(file.Directory, name)) is { } other)
            Read(other, into, constraints, depth + 1);
        else
            into.Unread(file.Path, line, "includes a file that is not there, or not in this tree");
    }

    private static PackageEntry? Entry(string text, string path, int line)
    {
        if (RequirementLines.Option(text, "-e", "--editable") is { } editable)
            return Place(editable, path, line);
        if (text.StartsWith('-'))
            return null;
        var (asked, hashes) = RequirementLines.Split(text);
        if (Requirement.Parse(asked) is not { } requirement || requirement is { Specifier: "", Url: null } && IsArchive(asked))
            return Place(asked, path, line) is { } place ? place with { Integrity = hashes } : null;
        return new PackageEntry(Ecosystem.PyPI, requirement.Name, requirement.Exact, path, line)
        {
            Requested = requirement.Specifier.Length > 0 ? requirement.Specifier : null,
            Resolved = requirement.Url,
            Origin = requirement.Url is { } url ? Requirement.OriginOf(url) : PackageOrigin.Registry,
            Integrity = hashes,
        };
    }

    /// <summary>An URL or path alone, or <c>name @ url</c>, with the name that it gives itself; null for what is neither.</summary>
    private static PackageEntry? Place(string text, string path, int line)
    {
        if (Requirement.Parse(text) is { Url: { } url } named)
            return new PackageEntry(Ecosystem.PyPI, named.Name, null, path, line) { Resolved = url, Origin = Requirement.OriginOf(url) };
        string place = text.Split(" ;")[0].Trim().Trim('"', '\'');
        if (place.Length == 0 || place.Any(char.IsWhiteSpace))
            return null;
        if (!place.Contains('/') && !place.StartsWith('.') && !IsArchive(place))
            return null;
        string bare = place.Split('#', '?')[0].TrimEnd('/');
        string last = bare[(bare.LastIndexOf('/') + 1)..];
        var (name, version) = Egg(place) is { } egg ? (egg, null) : IsArchive(last) ? Archive(last) : (last, null);
        return new PackageEntry(Ecosystem.PyPI, name.Length > 0 ? name : place, version, path, line) { Resolved = place, Origin = Requirement.OriginOf(place) };
    }

    private static bool IsArchive(string place) =>
        place.Split('#', '?')[0] is var bare && (bare.EndsWith(".whl", StringComparison.OrdinalIgnoreCase) || bare.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || bare.EndsWith(".zip", StringComparison.OrdinalIgnoreCase));

    /// <summary>Wheels are <c>name-version-…</c>, source archives <c>name-version</c> where the name may have hyphens.</summary>
    private static (string Name, string? Version) Archive(string file)
    {
        bool wheel = file.EndsWith(".whl", StringComparison.OrdinalIgnoreCase);
        string stem = file[..^(wheel ? ".whl" : file.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? ".zip" : ".tar.gz").Length];
        string[] parts = stem.Split('-');
        if (wheel && parts.Length >= 5)
            return (parts[0], parts[1]);
        int cut = wheel ? -1 : stem.LastIndexOf('-');
        return cut > 0 && cut + 1 < stem.Length && char.IsAsciiDigit(stem[cut + 1]) ? (stem[..cut], stem[(cut + 1)..]) : (stem, null);
    }

    private static string? Egg(string place)
    {
        int fragment = place.IndexOf('#');
        string? egg = fragment < 0 ? null : place[(fragment + 1)..].Split('&').FirstOrDefault(p => p.StartsWith("egg=", StringComparison.Ordinal));
        return egg is null ? null : egg["egg=".Length..].Split('[')[0];
    }

    private static string Joined(string directory, string name)
    {
        var parts = new List<string>();
        foreach (string part in (directory + "/" + name.Replace('\\', '/')).Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
                parts.RemoveAt(parts.Count - 1);
            else if (part.Length > 0 && part != ".")
                parts.Add(part);
        }

        return string.Join('/', parts);
    }
}
