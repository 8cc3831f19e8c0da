namespace Canary.Packages;

/// <summary>Names as their registries compare them: two spellings of one package are one name, two packages never are.</summary>
public static class PackageName
{
    public static string Normalised(string ecosystem, string name)
    {
        Span<char> into = name.Length <= 256 ? stackalloc char[256] : new char[name.Length];
        var normal = into[..Normalise(ecosystem, name, into)];
        return normal.SequenceEqual(name) ? name : new string(normal);
    }

    /// <summary>Writes the normalised name and returns its length, which is never larger than the name's.</summary>
    public static int Normalise(string ecosystem, ReadOnlySpan<char> name, Span<char> into) => ecosystem switch
    {
        // PEP 503: a run of these three is one hyphen.
        Ecosystem.PyPI => Lower(name, into, "-_.", oneForRun: true),
        Ecosystem.Crates => Lower(name, into, "_", oneForRun: false),
        Ecosystem.NuGet or Ecosystem.Packagist or Ecosystem.Hex or Ecosystem.Pub => Lower(name, into, "", oneForRun: false),
        _ => Copy(name, into),
    };

    /// <summary>Writes the name in lower case and returns its length.</summary>
    public static int Lower(ReadOnlySpan<char> name, Span<char> into) => Lower(name, into, "", oneForRun: false);

    private static int Copy(ReadOnlySpan<char> name, Span<char> into)
    {
        name.CopyTo(into);
        return name.Length;
    }

    private static int Lower(ReadOnlySpan<char> name, Span<char> into, ReadOnlySpan<char> hyphens, bool oneForRun)
    {
        int length = 0;
        foreach (char c in name)
        {
            bool hyphen = hyphens.Contains(c);
            if (!hyphen || !oneForRun || length == 0 || into[length - 1] != '-')
                into[length++] = hyphen ? '-' : char.ToLowerInvariant(c);
        }

        return length;
    }
}
