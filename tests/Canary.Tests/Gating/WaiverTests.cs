using Canary.Findings;
using Xunit;

namespace Canary.Tests.Gating;

public sealed class WaiverTests : IDisposable
{
    private readonly GateWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_waived_finding_stays_and_does_not_count()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        Assert.Equal(Level.Critical, _world.Report().Worst);
        _world.Write("canary.yml", GateWorld.Policy(GateWorld.Waiver()));
        var report = _world.Report();
        Assert.Equal(["critical known_malicious_package pkg:npm/chalk@5.6.1 package-lock.json waived"], report.Told());
        Assert.Null(report.Worst);
        Assert.Equal(("ops@example.org", "never run", new DateOnly(2026, 12, 1), "canary.yml:3"), (report.Findings[0].Waived!.Owner, report.Findings[0].Waived!.Reason, report.Findings[0].Waived!.Until, report.Findings[0].Waived!.Place));
    }

    [Theory]
    [InlineData("pkg:npm/chalk", "<5.6.2", "", true)]
    [InlineData("pkg:npm/chalk", "<5.6.1", "", false)]
    [InlineData("pkg:npm/chalk", "^5.6.0", "", true)]
    [InlineData("pkg:npm/chalk", "*", "", true)]
    [InlineData("chalk", "5.6.0 || 5.6.1", "", true)]
    [InlineData("pkg:pypi/chalk", "*", "", false)]
    [InlineData("debug", "*", "", false)]
    [InlineData("chalk", "*", ", registry: registry.npmjs.org", true)]
    [InlineData("chalk", "*", ", registry: npm.example.org", false)]
    [InlineData("chalk", "*", ", file: package-lock.json", true)]
    [InlineData("chalk", "*", ", file: \"tools/**\"", false)]
    public void It_holds_for_its_package_version_registry_and_file(string package, string versions, string more, bool holds)
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Write("canary.yml", GateWorld.Policy(GateWorld.Waiver(package: package, versions: versions, more: more)));
        var report = _world.Report();
        Assert.Equal(holds ? null : Level.Critical, report.Worst);
        Assert.Equal(!holds, report.Told().Any(t => t.StartsWith("low unused_waiver", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_package_whose_source_is_not_told_is_of_no_registry()
    {
        _world.Write("package-lock.json", GateWorld.Bad.Replace(", \"resolved\": \"https://registry.npmjs.org/chalk/-/chalk-5.6.1.tgz\"", "", StringComparison.Ordinal));
        _world.Write("canary.yml", GateWorld.Policy(GateWorld.Waiver(more: ", registry: registry.npmjs.org")));
        Assert.Equal(Level.Critical, _world.Report().Worst);
    }

    [Fact]
    public void It_holds_to_the_end_of_its_last_day_and_its_end_is_told()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Write("canary.yml", GateWorld.Policy(GateWorld.Waiver(expires: "2026-10-01")));
        _world.Time.SetUtcNow(new DateTimeOffset(2026, 10, 1, 23, 59, 0, TimeSpan.Zero));
        Assert.Null(_world.Report().Worst);
        _world.Time.SetUtcNow(new DateTimeOffset(2026, 10, 2, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(
            ["critical known_malicious_package pkg:npm/chalk@5.6.1 package-lock.json", "medium expired_waiver canary.yml: known_malicious_package pkg:npm/chalk <5.6.2 canary.yml"],
            _world.Report().Told());
    }

    [Fact]
    public void One_that_waives_nothing_is_told_and_one_of_two_that_fit_is_not()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Write("canary.yml", GateWorld.Policy(GateWorld.Waiver(), GateWorld.Waiver(versions: "*"), GateWorld.Waiver(package: "pkg:npm/debug")));
        Assert.Equal(["low unused_waiver canary.yml: known_malicious_package pkg:npm/debug <5.6.2 canary.yml"], _world.Report().Told().Where(t => t.Contains("waiver", StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_a_part_of_the_tree_a_waiver_for_another_part_is_not_called_unused()
    {
        _world.Write("a/package-lock.json", GateWorld.Bad);
        _world.Write("b/package-lock.json", GateWorld.Good);
        _world.Write("canary.yml", GateWorld.Policy(GateWorld.Waiver(more: ", file: a/package-lock.json")));
        Assert.Empty(_world.Report(path: "b").Told());
        Assert.Null(_world.Report(path: "a").Worst);
        Assert.Null(_world.Report(path: "a/package-lock.json").Worst);
    }

    [Fact]
    public void Waivers_further_down_hold_for_what_is_below_them_and_nothing_else_of_the_file_is_read()
    {
        _world.Write("canary.yml", "");
        _world.Write("canary.yml", "alerts: {}\n");
        _world.Write("services/a/canary.yml", "scan:\n  fail_on: low\n  exclude: [\"**/x\"]\n  nonsense: 1\n  waivers:\n" + GateWorld.Waiver(more: ", file: lock/package-lock.json"));
        _world.Write("services/a/lock/package-lock.json", GateWorld.Bad);
        _world.Write("services/ab/package-lock.json", GateWorld.Bad);
        var report = _world.Report();
        Assert.Equal(["critical known_malicious_package pkg:npm/chalk@5.6.1 services/a/lock/package-lock.json waived", "critical known_malicious_package pkg:npm/chalk@5.6.1 services/ab/package-lock.json"], report.Told());
        Assert.Equal((Level.High, "services/a/canary.yml:6"), (report.FailOn, report.Findings[0].Waived!.Place));
        // Scanned from below, those between the settings and the root hold as well.
        Assert.Null(_world.Report(path: "services/a/lock").Worst);
    }

    [Fact]
    public void A_package_cannot_waive_itself()
    {
        _world.Write("canary.yml", "alerts: {}\n");
        _world.Write("node_modules/evil/canary.yml", GateWorld.Policy(GateWorld.Waiver()));
        _world.Write("node_modules/evil/package-lock.json", GateWorld.Bad);
        Assert.Equal(
            ["critical known_malicious_package pkg:npm/chalk@5.6.1 node_modules/evil/package-lock.json", "medium package_brings_waivers node_modules/evil/canary.yml node_modules/evil/canary.yml"], _world.Report().Told());
    }

    [Fact]
    public void A_submodule_cannot_waive_itself()
    {
        _world.Write("canary.yml", "alerts: {}\n");
        _world.Write("third/party/.git", "gitdir: ../../.git/modules/party\n");
        _world.Write("third/party/sub/canary.yml", GateWorld.Policy(GateWorld.Waiver()));
        _world.Write("third/party/sub/package-lock.json", GateWorld.Bad);
        var report = _world.Report();
        Assert.Equal(Level.Critical, report.Worst);
        Assert.Contains(report.Notes, n => n.Contains("repositories within the tree", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tree_that_is_not_the_settings_own_cannot_waive_itself()
    {
        _world.Write("canary.yml", GateWorld.Policy(GateWorld.Waiver()));
        _world.Write("package-lock.json", GateWorld.Bad);
        string mine = Path.Combine(_world.Outside, "mine", "canary.yml");
        Directory.CreateDirectory(Path.GetDirectoryName(mine)!);
        File.WriteAllText(mine, "alerts: {}\n");
        var report = _world.Scan(named: mine).Report!;
        Assert.Equal(Level.Critical, report.Worst);
        Assert.Contains(report.Notes, n => n.Contains("not followed", StringComparison.Ordinal));
    }

    [Fact]
    public void What_only_a_scan_can_know_of_a_waiver_is_told_all_at_once()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Write("sub/canary.yml", GateWorld.Policy(GateWorld.Waiver(expires: "2099-01-01"), "    - {id: x}\n"));
        _world.Write("canary.yml", GateWorld.Policy(
            GateWorld.Waiver(expires: "2026-12-31"), GateWorld.Waiver(package: "pkg:npm/@a/b@1.0.0"), GateWorld.Waiver(versions: "about five"),
            GateWorld.Waiver(package: "pkg:gem/rails", versions: ">=1"), GateWorld.Waiver(package: "pkg:npm/a", versions: ">=1.2.3.4.5")));
        var (report, faults) = _world.Scan();
        Assert.Null(report);
        Assert.Equal(
            [
                "sub/canary.yml:4:7: a waiver needs 'reason': why this is no danger here",
                "sub/canary.yml:4:7: a waiver needs 'owner': who answers for it",
                "sub/canary.yml:4:7: a waiver needs 'expires': the last day on which it holds, as 2026-12-31",
                "sub/canary.yml:4:7: a waiver needs 'package' or 'file': a whole rule is left out with 'rules.disable'",
                "canary.yml:3:135: a waiver ends within 90d ('scan.waiver_max_age'): on 2026-12-30 at the latest",
                "canary.yml:4:46: 'pkg:npm/@a/b@1.0.0' is no purl of a package without version, as in pkg:npm/%40scope/name",
                "canary.yml:5:73: 'about five' is no range of versions; write it as in \">=1.2 <2\", \"1.2.3\" or \"*\"",
                "canary.yml:6:73: '>=1' orders versions, and Canary does not know the order of RubyGems's; name the versions one by one, joined by ||",
                "canary.yml:7:69: '>=1.2.3.4.5' holds '1.2.3.4.5', which is no version of npm",
                "sub/canary.yml:3:135: a waiver ends within 90d ('scan.waiver_max_age'): on 2026-12-30 at the latest",
            ],
            faults.Select(f => f.Replace(_world.Root + "/", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_that_cannot_be_read_can_be_answered_for()
    {
        _world.Write("broken/package-lock.json", "no JSON");
        _world.Write("package-lock.json", GateWorld.Good);
        Assert.True(_world.Report().IsIncomplete);
        _world.Write("canary.yml", "scan: {waivers: [{id: scan_unread_file, file: broken, reason: a test of ours, owner: me, expires: 2026-10-20}]}");
        Assert.False(_world.Report().IsIncomplete);
    }

    [Fact]
    public void Other_programs_may_have_a_canary_yml()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Write("canary.yml", "alerts: {}\n");
        _world.Write("charts/templates/canary.yml", "{{ if .Values.canary }}\nkind: Deployment\n{{ end }}\n");
        Assert.Empty(_world.Report().Told());
    }
}
