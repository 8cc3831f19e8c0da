using Canary.Advisories;
using Canary.Config;
using Canary.Packages;
using Canary.Rules;
using Canary.Scanning;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Packages;

/// <summary>A scan compares NuGet's lockfiles with what NuGet unpacked on this machine.</summary>
public sealed class ChangedPackageTests : IDisposable
{
    private readonly TemporaryDirectory _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("eA==", 0)]
    [InlineData("eQ==", 1)]
    public void A_package_that_is_not_what_was_locked_is_told(string unpacked, int findings)
    {
        Write("app/packages.lock.json", """{"version":1,"dependencies":{"net10.0":{"Serilog":{"type":"Direct","requested":"[4.0.0, )","resolved":"4.0.0","contentHash":"eA=="}}}}""");
        Write("folder/serilog/4.0.0/.nupkg.metadata", $$"""{"version":2,"contentHash":"{{unpacked}}","source":"https://api.nuget.org/v3/index.json"}""");
        using var known = new KnownBad([AdvisoryIndex.BuiltIn()]);
        var rules = ScanRules.Of(RuleLoader.Load(RuleSources.BuiltIn("packages/")).Book);
        var report = Scan.Of(
            _tree.At("app"), () => known, rules, CanaryConfig.BuiltIn.Scan, ScanContents.Folders, new Exclusions([]), _ => [], TimeProvider.System, CancellationToken.None, _tree.At("folder"));
        Assert.Equal(findings, report.Findings.Count(f => f.Why.Contains("global packages folder", StringComparison.Ordinal)));
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_tree.At(path))!);
        File.WriteAllText(_tree.At(path), text);
    }
}
