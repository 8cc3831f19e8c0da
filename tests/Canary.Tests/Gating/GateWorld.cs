using System.Diagnostics;
using Canary.Advisories;
using Canary.Commands;
using Canary.Config;
using Canary.Findings;
using Canary.Gating;
using Canary.Rules;
using Canary.Scanning;
using Canary.Tests.Support;
using Canary.Yaml;
using Microsoft.Extensions.Time.Testing;

namespace Canary.Tests.Gating;

/// <summary>A tree of its own, with a git repository if asked for, and scans of it on a day that the test chooses.</summary>
internal sealed class GateWorld : IDisposable
{
    public const string Bad = """{"lockfileVersion": 3, "packages": {"node_modules/chalk": {"version": "5.6.1", "resolved": "https://registry.npmjs.org/chalk/-/chalk-5.6.1.tgz"}}}""";
    public const string Good = """{"lockfileVersion": 3, "packages": {"node_modules/left-pad": {"version": "1.3.0"}}}""";

    private readonly TemporaryDirectory _home = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 10, 1, 12, 0, 0, TimeSpan.Zero));

    public string Root => _home.At("tree");

    public string Outside => _home.Path;

    public GateWorld() => Directory.CreateDirectory(Root);

    public string At(string path) => Path.Combine(Root, path);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    /// <summary>A waiver of chalk's bad version in canary.yml's words, with other values for some keys.</summary>
    public static string Waiver(string expires = "2026-12-01", string package = "pkg:npm/chalk", string versions = "<5.6.2", string more = "") =>
        $"    - {{id: known_malicious_package, package: \"{package}\", versions: \"{versions}\", reason: never run, owner: ops@example.org, expires: {expires}{more}}}\n";

    public static string Policy(params string[] waivers) => "scan:\n  waivers:\n" + string.Concat(waivers);

    public (ScanReport? Report, IReadOnlyList<string> Faults) Scan(string? against = null, string? baseline = null, string path = "", string? named = null)
    {
        using var known = new KnownBad([AdvisoryIndex.BuiltIn()]);
        var faults = new Diagnostics();
        var location = new ConfigLocation(named, [At("canary.yml")], _ => null);
        var report = new GatedScan(() => known, (config, wrong) => ScanRules.Of(Rules(config, wrong)), (_, _, _, _, _) => [], Time).Run(new ScanRequest(path.Length == 0 ? Root : At(path), location, against, baseline, null, ScanContents.Folders), faults, CancellationToken.None);
        return (report, [.. faults.All.Select(f => f.ToString())]);
    }

    private static RuleBook Rules(CanaryConfig config, Diagnostics faults) =>
        RuleLoader.Load([.. RuleSources.BuiltIn("packages/"), .. config.Rules.Directories.SelectMany(d => RuleSources.From(d, []))], Settings.OptionsOf(config), []).Book;

    /// <summary>A scan without faults; the age of the built-in index depends on the day and is left out.</summary>
    public ScanReport Report(string? against = null, string? baseline = null, string path = "")
    {
        var (report, faults) = Scan(against, baseline, path);
        Xunit.Assert.Empty(faults);
        return report! with { Findings = [.. report!.Findings.Where(f => f.Rule.Slug != "old_package_index")] };
    }

    public string Git(params string[] arguments) => GitWith("", arguments);

    public string GitWith(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main", "-c", "core.autocrlf=false", .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }

    /// <summary>Everything that is there, as one commit called <paramref name="name"/>.</summary>
    public void Commit(string name)
    {
        if (!Directory.Exists(At(".git")))
            Git("init", "-q");
        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", name);
        Git("tag", "-f", name);
    }

    public void Dispose() => _home.Dispose();
}

internal static class Reports
{
    public static IEnumerable<string> Told(this ScanReport report) => report.Findings
        .Select(f => $"{f.Rule.Level.Word()} {f.Rule.Slug} {f.Identity} {f.File}{(f.Waived is null ? "" : " waived")}{(f.Existing ? " existing" : "")}");
}
