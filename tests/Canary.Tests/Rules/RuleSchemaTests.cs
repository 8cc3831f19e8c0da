using Canary.Rules;
using Canary.Tests.Support;
using NJsonSchema;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>The schema that editors complete rules by says what the readers say.</summary>
public sealed class RuleSchemaTests
{
    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchemas.Read(RuleSchema.Text()));

    [Fact]
    public void The_file_is_what_the_program_prints() => Golden.Holds("../../../docs/schema/canary-rule.schema.json", RuleSchema.Text());

    [Fact]
    public void Every_shipped_rule_is_valid() =>
        Assert.Empty(RuleSources.BuiltIn().SelectMany(s => Schema.Value.Faults(s.Text).Select(f => $"{s.Path}: {f}")));

    [Fact]
    public void Every_rule_of_SigmaHQ_is_valid_but_the_one_that_is_not() => Assert.Equal(
        ["rules/macos/process_creation/proc_creation_macos_file_and_directory_discovery.yml"],
        SigmaHq.All.Where(s => Schema.Value.Faults(s.Text).Any()).Select(s => s.Path));

    [Fact]
    public void Every_example_of_the_page_on_extensions_is_valid()
    {
        const string Head = "title: T\nlogsource: {category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n";
        string page = File.ReadAllText(Checkout.At("docs/rule-extensions.md"));
        string[] examples = [.. page.Split("```yaml\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]).Where(e => e.StartsWith("canary:", StringComparison.Ordinal))];
        Assert.True(examples.Length >= 3);
        Assert.Empty(examples.SelectMany(e => Schema.Value.Faults(Head + e)));
    }

    [Theory]
    [InlineData("title: T\nlogsource: {category: x}\ndetection:\n  a: [x, {F: 1}]\n  b: word\n  c: [{F|contains|all: [a, b]}, {G: null}]\n  condition: [a, b or c]")]
    [InlineData("title: T\ncorrelation: {type: event_count, rules: a, group-by: [User], timespan: 5m, condition: {gte: 3, lt: 9}, generate: true}")]
    [InlineData("title: T\ncorrelation: {type: value_count, rules: [a], timespan: 5m, condition: {field: [A, B], gte: 3}, aliases: {x: {a: A}}}")]
    [InlineData("title: T\ncorrelation: {type: value_percentile, rules: [a], timespan: 5m, condition: {field: A, percentile: 95, gt: 1.5}}")]
    [InlineData("title: T\ncorrelation: {type: temporal, rules: [a, b], timespan: 250ms, condition: a and b}")]
    [InlineData("title: T\ncorrelation: {type: temporal_ordered, rules: [a, b], timespan: 1d}")]
    [InlineData("title: T\nlogsource: {product: linux}\nfilter: {rules: any, own: {User: x}, condition: not own}")]
    [InlineData("title: T\nlogsource: {product: linux}\nfilter: {rules: [], own: {User: x}, condition: not own}")]
    [InlineData("title: T\nlogsource: {category: x}\nowner_team: blue\ndetection: {s: {F|exists: true, G|gt: 5, H|hour|lt: 6, '|all': [a, b]}, condition: s}")]
    public void What_is_sound_is_valid(string rule)
    {
        // References need not be there for a schema.
        Assert.DoesNotContain(Sigma.Faults(rule), f => !f.Contains("no rule that stands", StringComparison.Ordinal));
        Assert.Empty(Schema.Value.Faults(rule));
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "no title", "logsource: {category: x}\ndetection: {s: {F: 1}, condition: s}" },
        { "no log source", "title: T\ndetection: {s: {F: 1}, condition: s}" },
        { "empty log source", "title: T\nlogsource: {}\ndetection: {s: {F: 1}, condition: s}" },
        { "no detection", "title: T\nlogsource: {category: x}" },
        { "no condition", "title: T\nlogsource: {category: x}\ndetection: {s: {F: 1}}" },
        { "empty selection", "title: T\nlogsource: {category: x}\ndetection: {s: {}, condition: s}" },
        { "empty list", "title: T\nlogsource: {category: x}\ndetection: {s: {F: []}, condition: s}" },
        { "null in a list", "title: T\nlogsource: {category: x}\ndetection: {s: {F: [a, null]}, condition: s}" },
        { "map for a value", "title: T\nlogsource: {category: x}\ndetection: {s: {F: {a: b}}, condition: s}" },
        { "unknown modifier", "title: T\nlogsource: {category: x}\ndetection: {s: {F|contians: a}, condition: s}" },
        { "modifier on a selection", "title: T\nlogsource: {category: x}\ndetection: {s|contains: [a], condition: 1 of s*}" },
        { "exists without a truth", "title: T\nlogsource: {category: x}\ndetection: {s: {F|exists: maybe}, condition: s}" },
        { "comparison with a word", "title: T\nlogsource: {category: x}\ndetection: {s: {F|gte: few}, condition: s}" },
        { "old timeframe", "title: T\nlogsource: {category: x}\ndetection: {s: {F: 1}, timeframe: 5m, condition: s}" },
        { "unknown level", "title: T\nlevel: severe\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}" },
        { "unknown status", "title: T\nstatus: done\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}" },
        { "id that is no UUID", "title: T\nid: one\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}" },
        { "no date", "title: T\ndate: yesterday\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}" },
        { "long title", $"title: {new string('t', 257)}\nlogsource: {{category: x}}\ndetection: {{s: {{F: 1}}, condition: s}}" },
        { "rule and correlation", "title: T\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}\ncorrelation: {type: temporal, rules: [a, b], timespan: 1m}" },
        { "unknown correlation", "title: T\ncorrelation: {type: count, rules: a, timespan: 1m, condition: {gte: 1}}" },
        { "no timespan", "title: T\ncorrelation: {type: event_count, rules: a, condition: {gte: 1}}" },
        { "odd timespan", "title: T\ncorrelation: {type: event_count, rules: a, timespan: 5 min, condition: {gte: 1}}" },
        { "count without a condition", "title: T\ncorrelation: {type: event_count, rules: a, timespan: 1m}" },
        { "condition without a bound", "title: T\ncorrelation: {type: value_count, rules: a, timespan: 1m, condition: {field: x}}" },
        { "unknown bound", "title: T\ncorrelation: {type: event_count, rules: a, timespan: 1m, condition: {min: 3}}" },
        { "unknown correlation key", "title: T\ncorrelation: {type: temporal, rules: [a, b], timespan: 1m, groupby: x}" },
        { "filter without rules", "title: T\nlogsource: {product: linux}\nfilter: {own: {User: x}, condition: not own}" },
        { "unknown extension", "title: T\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}\ncanary: {test: {}}" },
        { "near without a time", "title: T\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}\ncanary: {near: {after: a}}" },
        { "near by something", "title: T\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}\ncanary: {near: {within: 1m, after: a, by: user}}" },
        { "cases that are no list", "title: T\nlogsource: {category: x}\ndetection: {s: {F: 1}, condition: s}\ncanary: {tests: {fires: {F: 1}}}" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_the_reader_refuses_the_schema_marks(string fault, string rule)
    {
        Assert.True(Sigma.Faults(rule).Length > 0, fault);
        Assert.True(Schema.Value.Faults(rule).Any(), fault);
    }
}
