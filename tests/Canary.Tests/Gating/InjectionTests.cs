using System.Text.Json;
using Canary.Scanning;
using Canary.Text;
using Xunit;

namespace Canary.Tests.Gating;

/// <summary>Whatever a tree, a lockfile, a reference or a waiver is called: no report has a line that a CI system obeys or that drives a terminal.</summary>
public sealed class InjectionTests : IDisposable
{
    private static readonly string[] Hostile =
    [
        "::error file=x,line=1::pwned", "  ::set-output name=x::y", "\n::error::pwned", "\r::add-mask::x", "\r\n::stop-commands::x", "a%0A::error::b%0D%0A::warning::c",
        "##vso[task.setvariable variable=x]y", "##[error]pwned", "###[command]x", "a##vso[task.prependpath]/tmp", "##teamcity[buildStatus status='SUCCESS']",
        "\u001b[31mred\u001b[0m", "\u001b]8;;http://example.org\u0007x\u001b]8;;\u0007", "\u009b31m", "\u2028::error::x", "\u202etxt.exe", "\b\b\b\bclean", "\t::debug::x",
        "|x|`<img src=x onerror=alert(1)>`![a](http://example.org)", "</details><script>x</script>", "]]><x/>", "section_start:0:x\r\u001b[0K",
    ];

    private readonly GateWorld _world = new();

    public void Dispose() => _world.Dispose();

    public static TheoryData<string> Formats => [.. ScanFormats.Names];

    [Theory]
    [MemberData(nameof(Formats))]
    public void No_format_forges_a_line(string format)
    {
        string json(string text) => JsonSerializer.Serialize(text);
        _world.Write("canary.yml", "scan:\n  exclude: [\"##vso[x]y ::error::z\"]\n  waivers:\n" + string.Concat(Hostile.Select(h =>
            $"    - {{id: known_malicious_package, package: chalk, versions: \"*\", file: \"waived/**\", reason: {json(h)}, owner: {json(h)}, expires: 2026-12-01}}\n"))
            + $"    - {{id: {json(Hostile[0])}, file: {json("x" + Hostile[6])}, reason: r, owner: {json(Hostile[11])}, expires: 2026-09-01}}\n");
        _world.Write("waived/package-lock.json", GateWorld.Bad);
        _world.Commit("base");
        for (int i = 0; i < Hostile.Length; i++)
        {
            // What a file system cannot call a file is left to the lockfile.
            _world.Write($"{Hostile[i].Replace("/", "", StringComparison.Ordinal)}/package-lock.json", i % 2 == 0 ? GateWorld.Bad : "no JSON " + Hostile[i]);
            _world.Write($"n{i}/package-lock.json", $$$"""{"packages": {{{{json("node_modules/" + Hostile[i])}}}: {"version": {{{json(Hostile[i])}}}, "resolved": {{{json(Hostile[i])}}} }, {{{json("node_modules/b" + Hostile[i])}}}: 1}}""");
        }

        var report = _world.Report(against: "base");
        report = report with { Notes = [.. Hostile], Comparison = report.Comparison! with { With = Hostile[0] }, Findings = [.. report.Findings, .. Hostile.Select(h => report.Findings[0] with { Identity = h, Why = h, File = h, Do = [h] })] };
        Assert.True(report.Findings.Count > Hostile.Length * 2);
        using var text = new StringWriter { NewLine = "\n" };
        ScanFormats.Named(format).Write(text, report);
        string output = text.ToString().ReplaceLineEndings("\n");
        Assert.NotEmpty(output);
        Assert.All(output.Split('\n'), line => Assert.False(IsObeyed(line), line));
        Assert.DoesNotContain(output, c => c != '\n' && (char.IsControl(c) || c is '\u2028' or '\u202e'));
        Assert.DoesNotContain(format == "markdown" ? "<img" : "\u001b", output, StringComparison.Ordinal);
        Assert.DoesNotContain(format == "markdown" ? "<script" : "\u009b", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("::error::x", "\\x3a:error::x")]
    [InlineData(" ::error::x", " \\x3a:error::x")]
    [InlineData("::1", "::1")]
    [InlineData("a::b::c", "a::b::c")]
    [InlineData("##[error]x", "\\x23#[error]x")]
    [InlineData("###vso[x]", "\\x23\\x23#vso[x]")]
    [InlineData("## heading", "## heading")]
    [InlineData("#[derive(Debug)]", "#[derive(Debug)]")]
    public void A_line_keeps_what_nobody_obeys(string text, string shown) => Assert.Equal(shown, Printable.Line(text));

    /// <summary>As the log readers of GitHub, Azure and TeamCity see it.</summary>
    private static bool IsObeyed(string line) =>
        (line.TrimStart().StartsWith("::", StringComparison.Ordinal) && line.TrimStart().IndexOf("::", 2, StringComparison.Ordinal) > 0)
        || line.Contains("##[", StringComparison.Ordinal) || line.Contains("##vso[", StringComparison.OrdinalIgnoreCase) || line.Contains("##teamcity[", StringComparison.OrdinalIgnoreCase);
}
