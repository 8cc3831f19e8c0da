using Canary.Alerts;
using Canary.Config;
using Canary.Findings;
using Canary.Tests.Support;
using Canary.Yaml;
using Xunit;

namespace Canary.Tests.Config;

/// <summary>The canary.yml of the checkout is the documentation: it must be true and whole.</summary>
public sealed class SampleTests
{
    internal static readonly string Sample = File.ReadAllText(Checkout.At("canary.yml"));

    [Fact]
    public void The_sample_loads_and_says_the_built_in_values()
    {
        var (config, faults) = Parse(Sample);
        Assert.Empty(faults);
        Assert.Equal(CanaryConfig.BuiltIn.Alerts, config.Alerts);
        Assert.Equal(CanaryConfig.BuiltIn.Sensors.AllNetwork, config.Sensors.AllNetwork);
        Assert.Equal(CanaryConfig.BuiltIn.Sensors.SyscallTracepoints, config.Sensors.SyscallTracepoints);
        Assert.Equal((Level.High, TimeSpan.FromDays(3), TimeSpan.FromDays(90), 0), (config.Scan.FailOn, config.Scan.Cooldown, config.Scan.WaiverMaxAge, config.Scan.Waivers.Count));
        Assert.Empty(config.Agents);
        Assert.Null(config.Email);
    }

    [Fact]
    public void The_commented_parts_are_right_too_and_show_the_built_in_values()
    {
        var (config, faults) = Parse(Uncommented());
        Assert.Empty(faults);
        Assert.Equal("my-agent", Assert.Single(config.Agents).Name);
        Assert.Equal(("pkg:npm/minimist", new DateOnly(2026, 12, 31)), (Assert.Single(config.Scan.Waivers).Package, config.Scan.Waivers[0].Expires));
        var bare = Parse("email: {host: h, from: a@b, to: [a@b]}").Config.Email!;
        var sample = config.Email!;
        Assert.Equal((bare.Port, bare.Security, bare.Level, bare.DigestLevel, bare.DigestInterval, bare.Timeout),
            (sample.Port, sample.Security, sample.Level, sample.DigestLevel, sample.DigestInterval, sample.Timeout));
    }

    [Fact]
    public void Every_key_is_in_the_sample()
    {
        var asked = new List<ConfigKey>();
        ConfigReader.Read("", "canary.yml", new Diagnostics(), asked);
        string[] keys = [.. asked.Select(k => k.Path)];
        string text = Uncommented().Replace("password_file:", "password_file: x\n  password_env:", StringComparison.Ordinal);
        var root = (YamlMap)YamlReader.ReadAll(text, "canary.yml", new Diagnostics())[0];
        Assert.Contains("email.digest_level", keys);
        Assert.Contains("agents.session_files", keys);
        Assert.Equal([], keys.Where(key => !Has(root, key.Split('.'))).ToArray());
        Assert.Contains("password_env", Sample, StringComparison.Ordinal);
    }

    [Fact]
    public void Levels_and_routes_follow_the_mail_section()
    {
        var policy = AlertPolicy.From(Parse("email: {host: h, from: a@b, to: [a@b], level: medium, digest_level: none}").Config);
        Assert.Equal(new NotifierRoute("email", Level.Medium, null, TimeSpan.FromHours(6)), Assert.Single(policy.Routes));
        Assert.Empty(AlertPolicy.From(CanaryConfig.BuiltIn).Routes);
    }

    private static (CanaryConfig Config, IReadOnlyList<Diagnostic> Faults) Parse(string text)
    {
        var diagnostics = new Diagnostics();
        return (CanaryConfig.Parse(text, "canary.yml", diagnostics), diagnostics.All);
    }

    /// <summary>With the comments that hold YAML turned into YAML.</summary>
    internal static string Uncommented()
    {
        string[] lists = ["agents: []", "  waivers: []", "  allow_imports: []", "  policies: []"];
        var lines = Sample.Split('\n').Select(l => lists.FirstOrDefault(list => l.StartsWith(list, StringComparison.Ordinal)) is { } empty ? empty[..^3] : l).ToList();
        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i].StartsWith("# - ", StringComparison.Ordinal) || lines[i].StartsWith("#   ", StringComparison.Ordinal) || lines[i] == "# email:")
                lines[i] = lines[i][2..];
        }

        return string.Join('\n', lines);
    }

    private static bool Has(YamlNode node, ReadOnlySpan<string> path)
    {
        if (node is YamlList { Items: [var first, ..] })
            node = first;
        return path.IsEmpty || (node is YamlMap map && map.Find(path[0]) is { } next && Has(next, path[1..]));
    }
}
