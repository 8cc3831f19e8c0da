using Canary.Findings;
using Canary.Gating;
using Xunit;

namespace Canary.Tests.Gating;

public sealed class BaselineTests : IDisposable
{
    private readonly GateWorld _world = new();

    private string File => Path.Combine(_world.Outside, "baseline.ndjson");

    public void Dispose() => _world.Dispose();

    [Fact]
    public void What_was_there_when_it_was_written_does_not_fail()
    {
        _world.Write("old/package-lock.json", GateWorld.Bad);
        _world.Write("broken/package-lock.json", "no JSON");
        Baseline.Write(File, _world.Report());
        var same = _world.Report(baseline: File);
        Assert.Equal(((Level?)null, false), (same.Worst, same.IsIncomplete));
        _world.Write("new/package-lock.json", GateWorld.Bad);
        _world.Write("old/package-lock.json", GateWorld.Good);
        var report = _world.Report(baseline: File);
        Assert.Equal(["critical known_malicious_package pkg:npm/chalk@5.6.1 new/package-lock.json", "medium scan_unread_file broken/package-lock.json broken/package-lock.json existing"], report.Told());
        Assert.Equal((1, "pkg:npm/left-pad"), (report.Comparison!.Gone, Assert.Single(report.Comparison.Changes.Added).Package));
    }

    [Fact]
    public void The_same_tree_gives_the_same_bytes()
    {
        _world.Write("a/package-lock.json", GateWorld.Bad);
        _world.Write("b/package-lock.json", GateWorld.Bad);
        Baseline.Write(File, _world.Report());
        string first = System.IO.File.ReadAllText(File);
        Baseline.Write(File, _world.Report());
        Assert.Equal(first, System.IO.File.ReadAllText(File));
        Assert.StartsWith("""{"kind":"baseline","version":1,""", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("{\"kind\":\"baseline\",\"version\":2}\n", ":1: no baseline of version 1")]
    [InlineData("{\"kind\":\"finding\"}\n", ":1: no baseline of version 1")]
    [InlineData("{\"kind\":\"baseline\",\"version\":1}\nnonsense\n", ":2: no line of a baseline")]
    [InlineData("[]\n", ":1: no line of a baseline")]
    public void What_is_no_baseline_is_told_with_its_place(string text, string said)
    {
        _world.Write("package-lock.json", GateWorld.Good);
        System.IO.File.WriteAllText(File, text);
        Assert.Contains(said, Assert.Throws<GateException>(() => _world.Scan(baseline: File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_not_there_is_told()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        Assert.Contains("baseline.ndjson", Assert.Throws<GateException>(() => _world.Scan(baseline: File)).Message, StringComparison.Ordinal);
    }
}
