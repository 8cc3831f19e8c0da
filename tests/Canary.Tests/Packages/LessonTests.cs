using System.Security.Cryptography;
using Canary.Advisories;
using Canary.Findings;
using Canary.Tests.Advisories;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Packages;

/// <summary>
/// What other scanners got wrong, each with its story in <c>lesson.txt</c>: <c>tests/fixtures/benign</c> is good and was reported,
/// <c>tests/fixtures/traps</c> is bad and was missed; <c>found.txt</c> names the rule and the subject that must come out.
/// </summary>
public sealed class LessonTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public static TheoryData<string> Good() => new(Names("benign"));

    public static TheoryData<string> Bad() => new(Names("traps"));

    public void Dispose() => _home.Dispose();

    [Theory]
    [MemberData(nameof(Good))]
    public void What_is_good_is_no_finding(string name)
    {
        var report = ScannedTree.Of(Checkout.At($"tests/fixtures/benign/{name}/tree")).Report;
        Assert.NotEmpty(report.Inventory.Packages);
        Assert.Empty(report.Findings.Where(f => f.Rule.Level >= Level.Medium).Select(f => $"{f.Rule.Slug} {f.Identity} {f.Why}"));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_bad_is_found(string name)
    {
        var found = ScannedTree.Of(Checkout.At($"tests/fixtures/traps/{name}/tree")).Report.Findings.Where(f => f.Rule.Level >= Level.High).Select(f => $"{f.Rule.Slug} {f.Identity}").ToHashSet();
        Assert.All(File.ReadLines(Checkout.At($"tests/fixtures/traps/{name}/found.txt")), wanted => Assert.Contains(wanted, found));
    }

    // A link to the tree was an empty tree, and an empty tree was clean.
    [Fact]
    public void A_root_that_is_a_link_is_searched_to_its_files()
    {
        Write("real/node_modules/a/index.js", "/* sfrclak.com */");
        File.CreateSymbolicLink(_home.At("link"), _home.At("real"));
        var finding = Assert.Single(ScannedTree.Of(_home.At("link")).Report.Findings, f => f.Rule.Level == Level.Critical);
        Assert.Equal(("packages_campaign_axios", "node_modules/a/index.js"), (finding.Rule.Slug, finding.File));
    }

    // To git grep this name is a pattern that leaves all else out.
    [Fact]
    public void A_file_with_the_name_of_a_pattern_hides_nothing()
    {
        Write(":!x", "");
        Write("node_modules/:!x", "");
        Write("node_modules/a/:!x", "/* sfrclak.com */");
        Write("node_modules/:!x.d/index.js", "/* sfrclak.com */");
        Write("node_modules/b/index.js", "/* sfrclak.com */");
        Write("package-lock.json", """{"lockfileVersion": 3, "packages": {"node_modules/chalk": {"version": "5.6.1"}}}""");
        var found = ScannedTree.Of(_home.Path).Report.Findings.Where(f => f.Rule.Level == Level.Critical).Select(f => f.File);
        Assert.Equal(["node_modules/:!x.d/index.js", "node_modules/a/:!x", "node_modules/b/index.js", "package-lock.json"], found.Order(StringComparer.Ordinal));
    }

    // The sweep for digests left out the one directory in which payloads arrive, and files that are no scripts.
    [Fact]
    public void Digests_are_compared_wherever_a_payload_lies()
    {
        byte[] payload = [0, 1, 2, 3, .. "no text"u8];
        string[] places = ["node_modules/a/b.pyz", "node_modules/a/node_modules/@c/d/dist/e", ".venv/lib/python3.12/site-packages/f/g.so", "setup.mjs"];
        foreach (string place in places)
            Write(place, payload);
        using var sample = new Sample();
        sample.Write("payloads.txt", $"# ====\n# The test\n# ====\n{Convert.ToHexStringLower(SHA256.HashData(payload))}  b.pyz\n");
        using var known = new KnownBad([Sample.Index(sample.At("payloads.txt"))]);
        var found = ScannedTree.Of(_home.Path, known).Report.Findings.Where(f => f.Rule.Slug == "known_payload");
        Assert.Equal(places.Order(StringComparer.Ordinal), found.Select(f => f.File).Order(StringComparer.Ordinal));
    }

    private void Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private void Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_home.At(name))!);
        File.WriteAllBytes(_home.At(name), bytes);
    }

    private static IEnumerable<string> Names(string kind) =>
        Directory.GetDirectories(Checkout.At("tests/fixtures/" + kind)).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);
}
