using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using Canary.Commands;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Commands;

public sealed class ScanCommandTests : IDisposable
{
    private const string Lock = """
        {"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"version": "1.0.0", "resolved": "https://user:hunter2secret@registry.npmjs.org/a/-/a-1.0.0.tgz"}}}
        """;

    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Packages_are_lines_and_the_summary_the_last()
    {
        Write("sub/package-lock.json", Lock);
        var (code, output, _) = await Run("--json", _home.Path);
        Assert.Equal(ExitCode.Clean, code);
        string[] lines = Lines(output);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("""{"kind":"package","purl":"pkg:npm/a@1.0.0","file":"sub/package-lock.json","line":1,"dev":false,"direct":true,""", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2secret", output, StringComparison.Ordinal);
        Assert.Contains("packages_lock_credentials", lines[1], StringComparison.Ordinal);
        var summary = JsonDocument.Parse(lines[2]).RootElement;
        Assert.Equal(("summary", 1, 1, 0), (summary.GetProperty("kind").GetString(), summary.GetProperty("files").GetInt32(), summary.GetProperty("packages").GetInt32(), summary.GetProperty("unread").GetInt32()));
    }

    [Fact]
    public async Task Nothing_scanned_is_not_clean()
    {
        // Source code that might name packages, and does not.
        Write("Program.cs", "class Program;");
        var (code, output, _) = await Run(_home.Path);
        Assert.Equal(ExitCode.Unread, code);
        Assert.Contains("not the same as clean", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_a_finding_with_its_line_and_exit_3()
    {
        Write("a/package-lock.json", Lock);
        Write("b/package-lock.json", "{\n\"packages\": {\n oops");
        var (code, output, _) = await Run("--json", _home.Path);
        Assert.Equal(ExitCode.Unread, code);
        var finding = Lines(output).Select(l => JsonDocument.Parse(l).RootElement).Single(l => l.GetProperty("kind").GetString() == "finding" && l.GetProperty("location").GetProperty("file").GetString() != "a/package-lock.json");
        Assert.Equal(("b/package-lock.json", 3), (finding.GetProperty("location").GetProperty("file").GetString(), finding.GetProperty("location").GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task A_link_to_a_directory_is_not_followed_and_a_loop_ends()
    {
        Write("real/package-lock.json", Lock);
        File.CreateSymbolicLink(_home.At("real/loop"), _home.Path);
        var (code, output, _) = await Run("--json", _home.Path);
        Assert.Equal(ExitCode.Clean, code);
        Assert.Single(output.Split('\n'), l => l.StartsWith("""{"kind":"package""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pipe_in_place_of_a_lockfile_does_not_hold_the_scan_up()
    {
        using (var made = Process.Start("mkfifo", _home.At("package-lock.json")))
            await made.WaitForExitAsync();
        var (code, _, _) = await Task.Run(() => Run(_home.Path)).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(ExitCode.Unread, code);
    }

    [Fact]
    public async Task A_root_that_is_a_link_is_scanned()
    {
        Write("real/package-lock.json", Lock);
        File.CreateSymbolicLink(_home.At("link"), _home.At("real"));
        Assert.Contains("1 packages in 1 files", (await Run(_home.At("link"))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_never_drive_the_terminal_or_a_workflow()
    {
        Write("package-lock.json", """{"packages": {"node_modules/\u001b[31mred\n::error::x": "no object", "node_modules/b": {"version": "1"}}}""");
        var (_, output, error) = await Run(_home.Path);
        Assert.DoesNotContain('\u001b', output + error);
        Assert.DoesNotContain("\n::error", output + error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--format", "jsn", "json")]
    [InlineData("/no/such/place", null, "no such file")]
    public async Task Usage_is_told(string first, string? second, string wanted)
    {
        var (code, output, error) = await Run(second is null ? [first] : [first, second]);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(wanted, output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_goes_to_a_file()
    {
        Write("package-lock.json", Lock);
        string report = _home.At("report.json");
        var (code, output, _) = await Run("--format", "json", "--output", report, _home.Path);
        Assert.Equal((ExitCode.Clean, ""), (code, output));
        Assert.Equal("pkg:npm/a@1.0.0", JsonDocument.Parse(File.ReadAllText(report)).RootElement.GetProperty("packages")[0].GetProperty("purl").GetString());
    }

    [Fact]
    public async Task A_version_of_a_campaign_is_critical_and_the_one_beside_it_is_not()
    {
        Write("package-lock.json", """
            {"lockfileVersion": 3, "packages": {
            "node_modules/chalk": {"version": "5.6.1"},
            "node_modules/x/node_modules/chalk": {"version": "5.6.0"}}}
            """);
        var (code, output, _) = await Run("--json", _home.Path);
        Assert.Equal(ExitCode.Findings, code);
        var finding = Assert.Single(Lines(output).Select(l => JsonDocument.Parse(l).RootElement), l => l.GetProperty("kind").GetString() == "finding");
        Assert.Equal(
            ("known_malicious_package", "critical", "pkg:npm/chalk@5.6.1", 2),
            (finding.GetProperty("rule").GetProperty("slug").GetString(), finding.GetProperty("rule").GetProperty("level").GetString(),
             finding.GetProperty("subject").GetProperty("identity").GetString(), finding.GetProperty("location").GetProperty("line").GetInt32()));
        string text = (await Run(_home.Path)).Output;
        Assert.True(text.IndexOf("remove services that watch", StringComparison.Ordinal) < text.IndexOf("rotate every credential", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_index_too_old_for_the_gate_is_exit_4()
    {
        Write("package-lock.json", Lock);
        Assert.Equal(ExitCode.Stale, (await Run("--max-index-age", "1s", _home.Path)).Code);
        Assert.Equal(ExitCode.Clean, (await Run("--max-index-age", "3650d", _home.Path)).Code);
    }

    [Fact]
    public async Task Sarif_has_rules_places_and_fingerprints_that_stay()
    {
        Write("a b/package-lock.json", "{\n\"packages\": {\n\"node_modules/x\": 1}}");
        var run = JsonDocument.Parse((await Run("--format", "sarif", _home.Path)).Output).RootElement.GetProperty("runs")[0];
        var result = run.GetProperty("results").EnumerateArray().Single(r => r.GetProperty("ruleId").GetString() == "scan_unread_file");
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal(("a%20b/package-lock.json", 3), (place.GetProperty("artifactLocation").GetProperty("uri").GetString(), place.GetProperty("region").GetProperty("startLine").GetInt32()));
        Assert.Equal(("scan_unread_file", "warning"), (result.GetProperty("ruleId").GetString(), result.GetProperty("level").GetString()));
        Assert.Equal("scan_unread_file", run.GetProperty("tool").GetProperty("driver").GetProperty("rules")[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
        string fingerprint = result.GetProperty("partialFingerprints").GetProperty("canary/v1").GetString()!;

        Write("a b/package-lock.json", "{\n\n\"packages\": {\n\"node_modules/x\": 1}}");
        var moved = JsonDocument.Parse((await Run("--format", "sarif", _home.Path)).Output).RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Single(r => r.GetProperty("ruleId").GetString() == "scan_unread_file");
        Assert.Equal(fingerprint, moved.GetProperty("partialFingerprints").GetProperty("canary/v1").GetString());
    }

    [Fact]
    public async Task JUnit_is_sound_XML_whatever_files_are_called()
    {
        Write("good/package-lock.json", Lock);
        Write("bad <&>\u0001/package-lock.json", "no JSON");
        var suite = XDocument.Parse((await Run("--format", "junit", _home.Path)).Output).Root!.Element("testsuite")!;
        Assert.Equal(("2", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        Assert.Single(suite.Elements("testcase"), c => c.Element("failure") is not null);
    }

    [Fact]
    public async Task Markdown_stays_text()
    {
        Write("a|b`<img src=x>\n# c/package-lock.json", "no JSON");
        string output = (await Run("--format", "markdown", _home.Path)).Output;
        Assert.DoesNotContain("<img", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\n# c", output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n'), l => l.StartsWith("| medium | A file", StringComparison.Ordinal));
        Assert.All(output.TrimEnd('\n').Split('\n').Skip(4), l => Assert.StartsWith("|", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CycloneDx_has_one_component_for_all_places()
    {
        Write("a/package-lock.json", Lock);
        Write("b/package-lock.json", Lock);
        var bom = JsonDocument.Parse((await Run("--format", "cyclonedx", _home.Path)).Output).RootElement;
        var component = Assert.Single(bom.GetProperty("components").EnumerateArray());
        Assert.Equal(("1.6", "pkg:npm/a@1.0.0"), (bom.GetProperty("specVersion").GetString(), component.GetProperty("purl").GetString()));
        Assert.Equal(2, component.GetProperty("evidence").GetProperty("occurrences").GetArrayLength());
    }

    /// <summary>Without what the built-in index says of its own age, which depends on the day.</summary>
    private static string[] Lines(string output) =>
        [.. output.TrimEnd('\n').Split('\n').Where(l => !l.Contains("old_package_index", StringComparison.Ordinal))];

    private void Write(string name, string text)
    {
        string path = _home.At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(["scan", "--state", "/nonexistent/canary-test", .. arguments], output, error, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}
