using System.Text;
using Canary.Findings;
using Canary.Packages;
using Canary.Surface;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Surface;

/// <summary>
/// Each <c>tests/fixtures/surface/KIND/CASE.tree</c> is laid out and scanned; CASE.expected.txt says what must come out, to the line.
/// CANARY_BLESS=1 writes what comes out: read it before it is committed.
/// </summary>
public sealed class SurfaceFixtureTests
{
    public static TheoryData<string> Cases() => new(FixtureTree.Names());

    public static TheoryData<string> Benign() => new(FixtureTree.Names().Where(n => n.StartsWith("benign/", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_a_tree_tells_agents_is_found_with_its_line(string name)
    {
        using var root = new TemporaryDirectory();
        FixtureTree.Write(name, root.Path);
        var (inventory, entries) = FixtureTree.Read(root.Path);
        string told = Told(inventory, entries), expected = Checkout.At($"tests/fixtures/surface/{name}.expected.txt");
        if (Environment.GetEnvironmentVariable("CANARY_BLESS") == "1")
            File.WriteAllText(expected, told);
        Assert.Equal(File.ReadAllText(expected).ReplaceLineEndings("\n"), told);
        // No fixture has a secret of another value, and none may come out.
        Assert.DoesNotContain("hunter2hunter2hunter2", told, StringComparison.Ordinal);
        Assert.All(entries.All, e => Assert.DoesNotContain("hunter2hunter2hunter2", string.Join(' ', e.Names.Select(n => e.Get(n).ToString())) + e.Identity, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Benign))]
    public void Ordinary_configurations_give_nothing_of_level_medium(string name)
    {
        using var root = new TemporaryDirectory();
        FixtureTree.Write(name, root.Path);
        var (inventory, entries) = FixtureTree.Read(root.Path);
        Assert.NotEmpty(entries.All);
        Assert.Empty(inventory.UnreadParts);
        Assert.Empty(FixtureTree.Findings(entries).Where(f => f.Rule.Level >= Level.Medium).Select(f => $"{f.Rule.Slug} {f.File}:{f.Line} {f.Why}"));
    }

    private static string Told(Inventory inventory, SurfaceEntries entries)
    {
        var told = new StringBuilder();
        foreach (var entry in entries.All)
        {
            var facts = entry.Facts;
            told.Append(facts.File).Append(':').Append(facts.Line).Append(' ').Append(facts.Kind).Append(' ').Append(facts.Name);
            Add(" on ", facts.Triggers.Count == 0 ? null : string.Join(',', facts.Triggers));
            Add(" runs ", facts.CommandLine);
            Add(" uses ", facts.Uses);
            Add(" at ", facts.Url);
            Add(" sets ", facts.EnvironmentNames.Count == 0 ? null : string.Join(',', facts.EnvironmentNames));
            told.Append(facts.Pinned switch { true => " pinned", false => " unpinned", null => "" });
            Add(" says ", facts.Content is { Length: > 60 } text ? text[..60] + "…" : facts.Content);
            told.Append('\n');
        }

        foreach (var package in inventory.Packages)
            told.Append("PACKAGE ").Append(package.Purl).Append(' ').Append(package.File).Append(':').Append(package.Line).Append(package.Requested is { } asked ? " asks " + asked : "").Append('\n');
        foreach (var finding in FixtureTree.Findings(entries))
            told.Append("FINDING ").Append(finding.Rule.Level.Word()).Append(' ').Append(finding.Rule.Slug).Append(' ').Append(finding.File).Append(':').Append(finding.Line).Append('\n');
        foreach (var unread in inventory.UnreadParts)
            told.Append("UNREAD ").Append(unread.File).Append(':').Append(unread.Line).Append(' ').Append(unread.Reason).Append('\n');
        return string.Join('\n', told.ToString().Split('\n').Select(l => Canary.Text.Printable.Line(l)));

        void Add(string word, string? value)
        {
            if (value is not null)
                told.Append(word).Append(value.ReplaceLineEndings("⏎"));
        }
    }
}
