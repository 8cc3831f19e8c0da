using System.Text.Json.Nodes;
using Canary.Config;
using Canary.Tests.Support;
using Canary.Yaml;
using NJsonSchema;
using Xunit;

namespace Canary.Tests.Config;

/// <summary>The schema that editors complete canary.yml by says what its reader says.</summary>
public sealed class ConfigSchemaTests
{
    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchemas.Read(ConfigSchema.Text()));

    [Fact]
    public void The_file_is_what_the_program_prints() => Golden.Holds("../../../docs/schema/canary-config.schema.json", ConfigSchema.Text());

    [Fact]
    public void It_has_every_key_that_the_reader_asks_for_and_no_other()
    {
        var asked = new List<ConfigKey>();
        ConfigReader.Read("", "canary.yml", new Diagnostics(), asked);
        Assert.Equal(asked.Select(k => k.Path).Order(StringComparer.Ordinal), Keys(JsonNode.Parse(ConfigSchema.Text())!, "").Order(StringComparer.Ordinal));
        Assert.DoesNotContain(asked, k => k.Shape == ConfigShape.Any);
    }

    [Fact]
    public void The_built_in_values_that_it_names_are_valid_and_change_nothing()
    {
        var asked = new List<ConfigKey>();
        ConfigReader.Read("", "canary.yml", new Diagnostics(), asked);
        foreach (var key in asked.Where(k => k.BuiltIn is not null && !k.Path.StartsWith("email.", StringComparison.Ordinal)))
        {
            string[] path = key.Path.Split('.');
            string text = string.Concat(path[..^1].Select((p, i) => new string(' ', 2 * i) + p + ":\n")) + new string(' ', 2 * (path.Length - 1)) + path[^1] + ": " + key.BuiltIn;
            var faults = new Diagnostics();
            var config = CanaryConfig.Parse(text, "canary.yml", faults);
            Assert.Empty(faults.All);
            Assert.Equal((CanaryConfig.BuiltIn.Alerts, CanaryConfig.BuiltIn.Sensors.AllNetwork), (config.Alerts, config.Sensors.AllNetwork));
            Assert.Empty(Schema.Value.Faults(text));
        }
    }

    [Fact]
    public void The_sample_is_valid_as_it_stands_and_with_its_comments_turned_on()
    {
        Assert.Empty(Schema.Value.Faults(SampleTests.Sample));
        Assert.Empty(Schema.Value.Faults(SampleTests.Uncommented()));
        Assert.Empty(Schema.Value.Faults("email:\nagents:\nalerts: {rate_limit: }"));
    }

    [Fact]
    public void Every_example_of_the_pages_is_valid()
    {
        string[] sections = ["agents", "rules", "sensors", "alerts", "email", "scan"];
        var examples = from page in Directory.EnumerateFiles(Checkout.At("docs"), "*.md").Append(Checkout.At("README.md"))
                       from block in File.ReadAllText(page).Split("```yaml\n").Skip(1)
                       let text = block[..block.IndexOf("```", StringComparison.Ordinal)]
                       where sections.Any(s => text.StartsWith(s + ":", StringComparison.Ordinal) || text.Contains("\n" + s + ":", StringComparison.Ordinal))
                       select text;
        Assert.NotEmpty(examples);
        foreach (string example in examples)
        {
            var faults = new Diagnostics();
            CanaryConfig.Parse(example, "canary.yml", faults);
            Assert.Empty(faults.All);
            Assert.Empty(Schema.Value.Faults(example));
        }
    }

    [Theory]
    [InlineData("alert: {}")]
    [InlineData("alerts: [a]")]
    [InlineData("alerts: {console_levle: low}")]
    [InlineData("alerts: {console_level: severe}")]
    [InlineData("alerts: {group_window: ten minutes}")]
    [InlineData("alerts: {retention: 90}")]
    [InlineData("alerts: {size_limit: 256M}")]
    [InlineData("alerts: {rate_limit: {alerts: many}}")]
    [InlineData("alerts: {rate_limit: {alerts: 0}}")]
    [InlineData("sensors: {all_network: sometimes}")]
    [InlineData("sensors: {sensitive_paths: {a: b}}")]
    [InlineData("rules: {placeholders: [a]}")]
    [InlineData("rules: {disable: [[a]]}")]
    [InlineData("agents: {name: x}")]
    [InlineData("agents: [{basenames: [x]}]")]
    [InlineData("agents: [{name: x, basename: [x]}]")]
    [InlineData("email: {host: h, from: a@b}")]
    [InlineData("email: {host: h, from: a@b, to: [a@b], port: 0}")]
    [InlineData("email: {host: h, from: a@b, to: [a@b], security: ssl}")]
    [InlineData("email: {host: h, from: a@b, to: [a@b], password: secret}")]
    [InlineData("email: {host: h, from: a@b, to: [a@b], digest_level: never}")]
    [InlineData("scan: {fail_on: severe}")]
    [InlineData("scan: {waivers: {id: x}}")]
    [InlineData("scan: {waivers: [{id: x, file: a, reason: r, owner: o}]}")]
    [InlineData("scan: {waivers: [{id: x, file: a, reason: r, owner: o, expires: soon}]}")]
    public void What_the_reader_refuses_the_schema_marks(string text)
    {
        var faults = new Diagnostics();
        CanaryConfig.Parse(text, "canary.yml", faults);
        Assert.NotEmpty(faults.All);
        Assert.NotEmpty(Schema.Value.Faults(text));
    }

    [Fact]
    public void Registries_can_be_named_for_every_ecosystem() => Assert.Equal(
        typeof(Canary.Packages.Ecosystem).GetFields().Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        ScanReader.Ecosystems.Order(StringComparer.Ordinal));

    private static IEnumerable<string> Keys(JsonNode node, string path)
    {
        foreach (var (name, value) in ((node["items"] ?? node)["properties"] as JsonObject) ?? [])
        {
            yield return path + name;
            foreach (string below in Keys(value!, path + name + "."))
                yield return below;
        }
    }
}
