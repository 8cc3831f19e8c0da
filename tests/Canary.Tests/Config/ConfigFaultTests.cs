using Canary.Config;
using Canary.Tests.Support;
using Canary.Yaml;
using Xunit;

namespace Canary.Tests.Config;

/// <summary>Each fixture is a faulty canary.yml, a line of dashes, and what is said of it: all of it, with places and ways out.</summary>
public sealed class ConfigFaultTests
{
    private const string Line = "----------\n";

    public static TheoryData<string> Fixtures =>
        [.. Directory.EnumerateFiles(Checkout.At("tests/fixtures/config"), "*.txt").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Every_fault_is_told_at_once_with_place_and_way_out(string name)
    {
        string file = Checkout.At(Path.Combine("tests/fixtures/config", name));
        string text = File.ReadAllText(file);
        int line = text.IndexOf(Line, StringComparison.Ordinal);
        string config = line < 0 ? text : text[..line];
        var diagnostics = new Diagnostics();
        CanaryConfig.Parse(config, "canary.yml", diagnostics);
        string said = string.Concat(diagnostics.All.Select(d => d + "\n"));
        if (Environment.GetEnvironmentVariable("CANARY_BLESS") == "1")
            File.WriteAllText(file, config + Line + said);
        Assert.NotEmpty(diagnostics.All);
        Assert.Equal(line < 0 ? "" : text[(line + Line.Length)..], said);
    }
}
