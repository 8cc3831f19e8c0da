using System.Text.Json;
using System.Xml.Linq;
using Canary.Commands;
using Canary.Tests.Gating;
using Xunit;

namespace Canary.Tests.Commands;

/// <summary>The gate as CI runs it: arguments in, exit code and reports out.</summary>
public sealed class GateCommandTests : IDisposable
{
    private readonly GateWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task One_scan_writes_every_report_that_is_asked_for()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        string sarif = Path.Combine(_world.Outside, "canary.sarif"), summary = Path.Combine(_world.Outside, "summary.md"), junit = Path.Combine(_world.Outside, "junit.xml");
        var (code, output, error) = await Run("--report", "sarif=" + sarif, "--report", "markdown=" + summary, "--report", "junit=" + junit);
        Assert.Equal((ExitCode.Findings, ""), (code, error));
        Assert.StartsWith("CRITICAL A package that is known to be malicious: pkg:npm/chalk@5.6.1\n  at package-lock.json:1\n", output, StringComparison.Ordinal);
        Assert.Equal("known_malicious_package", Result(sarif).GetProperty("ruleId").GetString());
        Assert.Contains("pkg:npm/chalk\\@5.6.1", File.ReadAllText(summary), StringComparison.Ordinal);
        Assert.Equal("1", XDocument.Load(junit).Root!.Element("testsuite")!.Attribute("failures")!.Value);
    }

    [Fact]
    public async Task A_waiver_shows_in_every_report_with_who_and_why()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        // The day of the test is today: a waiver that ends then.
        string today = TimeProvider.System.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        _world.Write("canary.yml", GateWorld.Policy(GateWorld.Waiver(expires: today)));
        string sarif = Path.Combine(_world.Outside, "canary.sarif"), junit = Path.Combine(_world.Outside, "junit.xml"), lines = Path.Combine(_world.Outside, "lines");
        var (code, output, _) = await Run("--config", _world.At("canary.yml"), "--report", "sarif=" + sarif, "--report", "junit=" + junit, "--report", "ndjson=" + lines);
        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains($"1 waived finding:\n  1 known_malicious_package, by ops@example.org until {today} (canary.yml:3): never run\n", output, StringComparison.Ordinal);
        var suppression = Result(sarif).GetProperty("suppressions")[0];
        Assert.Equal(("external", "accepted", $"never run (ops@example.org, until {today}, canary.yml:3)"), (suppression.GetProperty("kind").GetString(), suppression.GetProperty("status").GetString(), suppression.GetProperty("justification").GetString()));
        var suite = XDocument.Load(junit).Root!.Element("testsuite")!;
        Assert.Equal(("0", "1"), (suite.Attribute("failures")!.Value, suite.Attribute("skipped")!.Value));
        var finding = File.ReadLines(lines).Select(l => JsonDocument.Parse(l).RootElement).Single(l => l.GetProperty("kind").GetString() == "finding" && l.GetProperty("rule").GetProperty("slug").GetString() == "known_malicious_package");
        Assert.True(finding.GetProperty("waived").GetBoolean());
        Assert.Equal(("ops@example.org", 32), (finding.GetProperty("waiver").GetProperty("owner").GetString(), finding.GetProperty("fingerprint").GetString()!.Length));
    }

    [Fact]
    public async Task A_base_makes_old_findings_unchanged_and_exit_0()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        _world.Commit("base");
        string sarif = Path.Combine(_world.Outside, "canary.sarif");
        var (code, output, _) = await Run("--base", "base", "--report", "sarif=" + sarif);
        Assert.Equal((ExitCode.Clean, "unchanged"), (code, Result(sarif).GetProperty("baselineState").GetString()));
        Assert.Matches(@"against base: [12] existing findings? not counted, 0 gone; packages: 0 added, 0 removed, 0 changed", output);
    }

    [Fact]
    public async Task A_baseline_of_one_run_is_read_by_the_next()
    {
        _world.Write("package-lock.json", GateWorld.Bad);
        string baseline = Path.Combine(_world.Outside, "baseline");
        Assert.Equal(ExitCode.Findings, (await Run("--save-baseline", baseline)).Code);
        Assert.Equal(ExitCode.Clean, (await Run("--baseline", baseline)).Code);
    }

    [Theory]
    [InlineData("no commit 'nowhere'", "--base", "nowhere")]
    [InlineData("compare with one of the two", "--base", "base", "--baseline", "x")]
    [InlineData("--report: 'sarf=x'", "--report", "sarf=x")]
    [InlineData("did you mean 'sarif'", "--report", "sarf=x")]
    [InlineData("--report: 'sarif'", "--report", "sarif")]
    public async Task Usage_is_exit_2_and_told(string said, params string[] arguments)
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Commit("base");
        var (code, output, error) = await Run(arguments);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(said, output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_canary_yml_are_exit_2_all_at_once()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Write("canary.yml", "scan: {fail_on: hihg, exclude: [/x]}");
        var (code, _, error) = await Run("--config", _world.At("canary.yml"));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("canary.yml:1:17: ", error, StringComparison.Ordinal);
        Assert.Contains("2 errors; nothing was scanned", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scan_that_is_stopped_leaves_no_base_behind()
    {
        _world.Write("package-lock.json", GateWorld.Good);
        _world.Commit("base");
        using var output = new StringWriter();
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        int code = await CommandLine.RunAsync(["gate", "--state", "/nonexistent/canary-test", "--base", "base", _world.Root], output, output, stopped.Token);
        Assert.Equal(ExitCode.Unread, code);
        Assert.Contains("stopped before the end", output.ToString(), StringComparison.Ordinal);
    }

    private static JsonElement Result(string sarif) => JsonDocument.Parse(File.ReadAllText(sarif)).RootElement.GetProperty("runs")[0].GetProperty("results")
        .EnumerateArray().Single(r => r.GetProperty("ruleId").GetString() == "known_malicious_package");

    private async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = await CommandLine.RunAsync(["gate", "--state", "/nonexistent/canary-test", .. arguments, _world.Root], output, error, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
