using Canary.Findings;
using Canary.Gating;
using Xunit;

namespace Canary.Tests.Gating;

public sealed class BaseTests : IDisposable
{
    private readonly GateWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void What_the_base_has_already_does_not_fail_and_what_the_change_adds_does()
    {
        _world.Write("old/package-lock.json", GateWorld.Bad);
        _world.Commit("base");
        _world.Write("old/package-lock.json", "\n\n" + GateWorld.Bad);
        _world.Write("new/package-lock.json", GateWorld.Bad);
        var report = _world.Report(against: "base");
        Assert.Equal(
            ["critical known_malicious_package pkg:npm/chalk@5.6.1 new/package-lock.json", "critical known_malicious_package pkg:npm/chalk@5.6.1 old/package-lock.json existing"], report.Told());
        Assert.Equal(Level.Critical, report.Worst);
        File.Delete(_world.At("new/package-lock.json"));
        Assert.Null(_world.Report(against: "base").Worst);
        Assert.Equal(["critical known_malicious_package pkg:npm/chalk@5.6.1 old/package-lock.json"], _world.Report().Told());
    }

    [Fact]
    public void Packages_that_came_went_and_changed_are_told()
    {
        _world.Write("package-lock.json", """{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "1.0.0"}, "node_modules/@s/c": {"version": "1.0.0"}}}""");
        _world.Commit("base");
        _world.Write("package-lock.json", """{"lockfileVersion": 3, "packages": {"node_modules/b": {"version": "2.0.0"}, "node_modules/@s/c": {"version": "1.0.0"}, "node_modules/d": {"version": "1.0.0"}}}""");
        var changes = _world.Report(against: "base").Comparison!.Changes;
        Assert.Equal(("pkg:npm/d", "pkg:npm/a"), (Assert.Single(changes.Added).Package, Assert.Single(changes.Removed).Package));
        var changed = Assert.Single(changes.Changed);
        Assert.Equal(("pkg:npm/b", "1.0.0", "2.0.0"), (changed.Package, Assert.Single(changed.Was), Assert.Single(changed.Is)));
    }

    [Fact]
    public void A_change_cannot_waive_itself_nor_leave_itself_out_nor_lower_the_threshold()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Write("canary.yml", "scan: {fail_on: medium}");
        _world.Commit("base");
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Write("sub/canary.yml", GateWorld.Policy(GateWorld.Waiver()));
        _world.Write("sub/package-lock.json", GateWorld.Bad);
        _world.Write("canary.yml", "scan:\n  fail_on: critical\n  exclude: [package-lock.json]\n  waivers:\n" + GateWorld.Waiver());
        var report = _world.Report(against: "base");
        Assert.Equal(
            [
                "critical known_malicious_package pkg:npm/chalk@5.6.1 package-lock.json", "critical known_malicious_package pkg:npm/chalk@5.6.1 sub/package-lock.json",
                "low edited_policy canary.yml canary.yml", "low edited_policy sub/canary.yml sub/canary.yml",
            ], report.Told());
        Assert.Equal(Level.Medium, report.FailOn);
        Assert.Equal(["this change edits canary.yml; the base's was used", "this change adds canary.yml; the base's was used"], report.Findings.Where(f => f.Rule.Level == Level.Low).Select(f => f.Why));
    }

    [Fact]
    public void A_change_that_breaks_canary_yml_is_judged_all_the_same()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Write("canary.yml", "scan: {fail_on: medium}");
        _world.Commit("base");
        _world.Write("canary.yml", "scan: [");
        Assert.Equal(["low edited_policy canary.yml canary.yml"], _world.Report(against: "base").Told());
        File.Delete(_world.At("canary.yml"));
        Assert.Equal("this change removes canary.yml; the base's was used", Assert.Single(_world.Report(against: "base").Findings).Why);
    }

    [Fact]
    public void Waivers_and_excludes_of_the_base_hold_further_down_as_well()
    {
        _world.Write("canary.yml", "scan: {exclude: [left-out]}");
        _world.Write("sub/canary.yml", GateWorld.Policy(GateWorld.Waiver()));
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Commit("base");
        File.Delete(_world.At("sub/canary.yml"));
        _world.Write("sub/package-lock.json", GateWorld.Bad);
        _world.Write("left-out/package-lock.json", GateWorld.Bad);
        var report = _world.Report(against: "base");
        Assert.Equal(["critical known_malicious_package pkg:npm/chalk@5.6.1 sub/package-lock.json waived", "low edited_policy sub/canary.yml sub/canary.yml"], report.Told());
        Assert.Equal([("left-out", 1L)], report.Excluded);
        // A part of the tree, by the same settings.
        Assert.Equal("critical known_malicious_package pkg:npm/chalk@5.6.1 package-lock.json waived", _world.Report(against: "base", path: "sub").Told().First());
    }

    [Fact]
    public void Faults_of_the_base_s_settings_are_named_by_its_reference()
    {
        _world.Write("canary.yml", "scan: {fail_on: never}");
        _world.Commit("base");
        _world.Write("canary.yml", "scan: {fail_on: high}");
        Assert.StartsWith("base:canary.yml:1:17: 'scan.fail_on'", Assert.Single(_world.Scan(against: "base").Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_new_as_soon_as_a_byte_of_it_changes()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Write("broken/package-lock.json", "no JSON");
        _world.Commit("base");
        Assert.False(_world.Report(against: "base").IsIncomplete);
        _world.Write("broken/package-lock.json", "no JSON, and something hidden");
        Assert.True(_world.Report(against: "base").IsIncomplete);
    }

    [Fact]
    public void A_settings_file_that_is_named_and_lies_elsewhere_is_no_part_of_the_change()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Commit("base");
        _world.Write("package-lock.json", GateWorld.Bad);
        string mine = Path.Combine(_world.Outside, "policy.yml");
        File.WriteAllText(mine, GateWorld.Policy(GateWorld.Waiver()));
        Assert.Null(_world.Scan(against: "base", named: mine).Report!.Worst);
        // One of the tree is the base's, named or not.
        _world.Write("ci/policy.yml", GateWorld.Policy(GateWorld.Waiver()));
        Assert.Contains("base:ci/policy.yml: no such file", _world.Scan(against: "base", named: _world.At("ci/policy.yml")).Faults);
    }

    [Theory]
    [InlineData("no-such-branch", "fetch-depth: 0")]
    [InlineData("--help", "no commit '--help'")]
    [InlineData("-q", "no commit '-q'")]
    [InlineData("--output=/tmp/x", "no commit")]
    [InlineData("HEAD:package-lock.json", "no commit")]
    [InlineData("", "no reference")]
    [InlineData("a\nb", "no reference")]
    public void A_reference_that_is_none_is_told_with_the_way_out(string reference, string said)
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Commit("base");
        Assert.Contains(said, Assert.Throws<GateException>(() => _world.Scan(against: reference)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shallow_clone_is_told_how_to_become_a_whole_one()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Commit("base");
        _world.Commit("next");
        string clone = Path.Combine(_world.Outside, "clone");
        _world.Git("clone", "-q", "--depth=1", "--no-tags", "file://" + _world.Root, clone);
        string parent = _world.Git("rev-parse", "base");
        Assert.Contains("shallow", Assert.Throws<GateException>(() => _world.Scan(against: parent, path: clone)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_of_a_repository_the_way_without_git_is_named()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        Assert.Contains("--baseline", Assert.Throws<GateException>(() => _world.Scan(against: "main")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worktree_is_compared_like_its_repository()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Commit("base");
        string other = Path.Combine(_world.Outside, "other");
        _world.Git("worktree", "add", "-q", other);
        Assert.Null(_world.Report(against: "base", path: other).Worst);
    }
}
