using System.Text;
using Canary.Packages;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Packages;

/// <summary>
/// Each folder of <c>tests/fixtures/packages/FORMAT/CASE</c> is a tree that is scanned; <c>expected.txt</c> beside it, as CASE.expected.txt,
/// says what must come out, to the line. CANARY_BLESS=1 writes what comes out: read it before it is committed.
/// </summary>
public sealed class FixtureTests
{
    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        foreach (string format in Directory.GetDirectories(Checkout.At("tests/fixtures/packages")).Order(StringComparer.Ordinal))
        {
            foreach (string tree in Directory.GetDirectories(format).Order(StringComparer.Ordinal))
                cases.Add($"{Path.GetFileName(format)}/{Path.GetFileName(tree)}");
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_package_is_found_with_its_line(string name)
    {
        string tree = Checkout.At($"tests/fixtures/packages/{name}"), expected = tree + ".expected.txt";
        string told = Told(new PackageScan(tree).Run());
        if (Environment.GetEnvironmentVariable("CANARY_BLESS") == "1")
            File.WriteAllText(expected, told);
        Assert.Equal(File.ReadAllText(expected).ReplaceLineEndings("\n"), told);
    }

    private static string Told(Inventory inventory)
    {
        var told = new StringBuilder();
        foreach (var p in inventory.Packages)
        {
            told.Append(p.File).Append(':').Append(p.Line).Append(' ').Append(p.Purl);
            Add(" asks ", p.Requested);
            Add(" as ", p.Alias);
            told.Append(p.Direct switch { true => " direct", false => " transitive", null => "" }).Append(p.Dev == true ? " dev" : "");
            told.Append(p.Origin == PackageOrigin.Registry ? "" : " " + p.Origin.ToString().ToLowerInvariant()).Append(p.HasInstallScript ? " script" : "");
            Add(" from ", p.Resolved);
            Add(" is ", p.Integrity is { Length: > 24 } long_ ? long_[..24] + "…" : p.Integrity);
            Add(" on ", p.Published?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
            told.Append('\n');
        }

        foreach (var unread in inventory.UnreadParts)
            told.Append("UNREAD ").Append(unread.File).Append(':').Append(unread.Line).Append(' ').Append(unread.Reason).Append('\n');
        foreach (var source in inventory.Sources)
            told.Append("SOURCE ").Append(source.File).Append(':').Append(source.Line).Append(' ').Append(source.Ecosystem).Append(' ').Append(source.Url).Append('\n');
        foreach (var fault in inventory.SourceFaults)
            told.Append("FAULT ").Append(fault.File).Append(':').Append(fault.Line).Append(' ').Append(fault.Kind).Append(": ").Append(fault.Why).Append('\n');
        return Canary.Text.Printable.Line(told.ToString().Replace("\n", "\u2028", StringComparison.Ordinal)).Replace("\\u{2028}", "\n", StringComparison.Ordinal);

        void Add(string word, string? value)
        {
            if (value is not null)
                told.Append(word).Append(value);
        }
    }
}
