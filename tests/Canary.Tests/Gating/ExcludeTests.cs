using Canary.Text;
using Xunit;

namespace Canary.Tests.Gating;

public sealed class ExcludeTests : IDisposable
{
    private readonly GateWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void What_is_left_out_is_counted_by_glob_and_one_that_leaves_nothing_out_shows()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Write("tests/fixtures/a/package-lock.json", GateWorld.Bad);
        _world.Write("tests/fixtures/b/package-lock.json", "no JSON");
        _world.Write("tests/fixtures/readme.txt", "no file that names packages, and left out all the same");
        _world.Write("canary.yml", "scan: {exclude: [tests/fixtures, \"old/**\"]}");
        var report = _world.Report();
        Assert.Empty(report.Told());
        Assert.Equal([("tests/fixtures", 3L), ("old/**", 0L)], report.Excluded);
        using var text = new StringWriter();
        new Canary.Scanning.ScanText().Write(text, report);
        Assert.Contains("exclude 'tests/fixtures' left out 3 files\nexclude 'old/**' left nothing out: remove it\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Globs_start_from_the_file_that_has_them()
    {
        _world.Write("sub/package-lock.json", GateWorld.Good);
        _world.Write("sub/x/package-lock.json", GateWorld.Bad);
        _world.Write("canary.yml", "scan: {exclude: [sub/x]}");
        Assert.Equal([("sub/x", 1L)], _world.Report(path: "sub").Excluded);
    }

    [Fact]
    public void A_tree_of_which_all_is_left_out_was_not_scanned()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Write("canary.yml", "scan: {exclude: [package-lock.json]}");
        Assert.True(_world.Report().IsIncomplete);
    }

    [Theory]
    [InlineData("node_modules", "a/node_modules/b/package.json", true)]
    [InlineData("node_modules", "a/node_modules_old/package.json", false)]
    [InlineData("tests/fixtures", "tests/fixtures/a/b", true)]
    [InlineData("tests/fixtures", "sub/tests/fixtures/a", false)]
    [InlineData("**/fixtures/*.json", "fixtures/x.json", true)]
    [InlineData("**/fixtures/*.json", "a/b/fixtures/x.json", true)]
    [InlineData("**/fixtures/*.json", "a/fixtures/b/x.json", false)]
    [InlineData("a/**/z", "a/z", true)]
    [InlineData("a/**/z", "a/b/c/z/file", true)]
    [InlineData("a/**", "b/a/x", false)]
    [InlineData("a?c/*", "abc/x", true)]
    [InlineData("a?c/*", "ac/x", false)]
    [InlineData("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("tests/", "tests/x", true)]
    public void Globs_mean_what_people_expect(string glob, string path, bool matches) => Assert.Equal(matches, new PathGlob(glob).Matches(path));
}
