using Canary.Advisories;
using Canary.Inspection;
using Canary.Packages;
using Canary.Rules;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Packages;

/// <summary>Trees that nobody should have made: each is scanned to its end, within seconds, and what was not looked at is told.</summary>
public sealed class HostileTreeTests : IDisposable
{
    private static readonly RuleBook Book = RuleLoader.Load(RuleSources.BuiltIn("packages/")).Book;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory _tree = new();

    public static TheoryData<string> Kept() => new(Directory.GetDirectories(Checkout.At("tests/fixtures/hostile")).Select(d => Path.GetFileName(d)!));

    public void Dispose() => _tree.Dispose();

    [Theory]
    [MemberData(nameof(Kept))]
    public void What_a_soak_or_a_person_found_once_is_scanned_to_its_end(string name)
    {
        var (inventory, inspected) = Scan(Checkout.At("tests/fixtures/hostile/" + name));
        Assert.True(inventory.Files + inventory.UnreadParts.Count + inspected.Files > 0);
        Assert.DoesNotContain(inventory.UnreadParts.Select(u => u.Reason).Concat(inspected.Unread.Select(u => u.Reason)), r => r.Contains(PackageScan.Defect, StringComparison.Ordinal));
    }

    [Fact]
    public void Links_that_lead_in_a_circle_are_not_followed()
    {
        Directory.CreateDirectory(_tree.At("node_modules/a"));
        File.WriteAllText(_tree.At("node_modules/a/package.json"), """{"name":"a","version":"1.0.0"}""");
        File.CreateSymbolicLink(_tree.At("node_modules/a/again"), _tree.At("node_modules"));
        File.CreateSymbolicLink(_tree.At("node_modules/a/self"), _tree.At("node_modules/a/self"));
        File.CreateSymbolicLink(_tree.At("node_modules/a/index.js"), "/etc/passwd");
        var (inventory, inspected) = Scan(_tree.Path);
        Assert.Equal("a", Assert.Single(inventory.Packages).Name);
        Assert.Equal(1, inspected.Files);
    }

    [Fact]
    public void A_pipe_among_the_files_of_a_package_holds_nothing_up()
    {
        Directory.CreateDirectory(_tree.At("node_modules/a"));
        File.WriteAllText(_tree.At("node_modules/a/package.json"), """{"name":"a","version":"1.0.0"}""");
        using var made = System.Diagnostics.Process.Start("mkfifo", _tree.At("node_modules/a/index.js"));
        made.WaitForExit();
        Assert.Equal(1, Scan(_tree.Path).Inspected.Files);
    }

    [Fact]
    public void One_line_of_forty_megabytes_is_searched_at_its_beginning_and_told_of()
    {
        Directory.CreateDirectory(_tree.At("node_modules/a"));
        File.WriteAllText(_tree.At("node_modules/a/index.js"), "eval(atob('eA=='));" + new string('a', 40 * 1024 * 1024));
        var (_, inspected) = Scan(_tree.Path);
        Assert.Equal("node_modules/a/index.js", Assert.Single(inspected.Partial));
        Assert.Contains(inspected.Findings, f => f.Rule.Slug == "packages_decoded_code_runs");
    }

    [Fact]
    public void What_may_not_be_read_is_told_of()
    {
        Directory.CreateDirectory(_tree.At("node_modules/a"));
        File.WriteAllText(_tree.At("node_modules/a/index.js"), "x");
        var inspection = new FileInspection(_tree.Path, Book, null, TimeProvider.System);
        new PackageScan(_tree.Path, meet: inspection.Meet).Run();
        File.Delete(_tree.At("node_modules/a/index.js"));
        Assert.Equal("node_modules/a/index.js", Assert.Single(inspection.Run().Unread).Path);
    }

    private static (Inventory Inventory, Inspected Inspected) Scan(string root)
    {
        using var known = new KnownBad([AdvisoryIndex.BuiltIn()]);
        var work = Task.Run(() =>
        {
            var inspection = new FileInspection(root, Book, known, TimeProvider.System, whole: true);
            var inventory = new PackageScan(root, meet: inspection.Meet).Run();
            return (inventory, inspection.Run());
        });
        Assert.True(work.Wait(Patience));
        return work.Result;
    }
}
