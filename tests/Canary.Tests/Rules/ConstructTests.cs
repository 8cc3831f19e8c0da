using Canary.Findings;
using Canary.Rules;
using Canary.Tests.Support;
using Canary.Yaml;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>Each construct that SigmaHQ's rules are made of, on an event and a near miss, against all of its rules.</summary>
public sealed class ConstructTests
{
    private static readonly Lazy<IReadOnlyList<YamlMap>> Table = new(() =>
    {
        var faults = new Diagnostics();
        var list = (YamlList)YamlReader.ReadAll(File.ReadAllText(Checkout.At("tests/data/sigmahq/constructs.yml")), "constructs.yml", faults)[0];
        Assert.Empty(faults.All);
        return [.. list.Items.Cast<YamlMap>()];
    });

    public static TheoryData<string> Constructs => [.. Table.Value.Select(row => Text(row, "construct")!)];

    [Theory]
    [MemberData(nameof(Constructs))]
    public void Of_all_rules_exactly_those_match_that_should(string construct)
    {
        var row = Table.Value.Single(r => Text(r, "construct") == construct);
        var book = Book(row);
        string rule = book.Find(Text(row, "rule")!)!.Facts.Slug;
        var fields = Fields(row, "event");
        var near = fields.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in Fields(row, "near"))
            near[name] = value;
        Assert.Equal(Names(row, "also").Append(rule).Order(StringComparer.Ordinal), Hits(book, row, fields));
        Assert.Equal(Names(row, "then").Order(StringComparer.Ordinal), Hits(book, row, near));
        Assert.DoesNotContain(rule, Names(row, "then"));
    }

    [Fact]
    public void Every_chain_of_modifiers_that_the_rules_use_is_in_the_table()
    {
        var byId = SigmaHq.All.SelectMany(s => YamlReader.ReadAll(s.Text, s.Path, new Diagnostics())).Cast<YamlMap>().ToDictionary(d => Text(d, "id")!);
        var tried = Table.Value.SelectMany(row => Chains(byId[Text(row, "rule")!].Find("detection")!)).ToHashSet();
        Assert.Empty(byId.Values.SelectMany(d => Chains(d.Find("detection")!)).Distinct().Except(tried));
    }

    private static IEnumerable<string> Chains(YamlNode node) => node switch
    {
        YamlMap map => map.Entries.SelectMany(e => Chains(e.Value).Append(e.Key.Text.Contains('|') ? e.Key.Text[e.Key.Text.IndexOf('|')..] : "").Distinct()),
        YamlList list => list.Items.SelectMany(Chains),
        _ => [],
    };

    private static RuleBook Book(YamlMap row)
    {
        if (row.Find("values") is not YamlMap values)
            return SigmaHq.Recorded.Book;
        var placeholders = values.Entries.ToDictionary(e => e.Key.Text, e => (IReadOnlyList<string>)[.. ((YamlList)e.Value).Items.Select(i => ((YamlScalar)i).Text)]);
        return RuleLoader.Load(SigmaHq.All, new RuleOptions { Placeholders = placeholders, ForRecordedEvents = true }).Book;
    }

    private static IEnumerable<string> Hits(RuleBook book, YamlMap row, Dictionary<string, FieldValue> fields)
    {
        string?[] source = [.. Text(row, "source")!.Split('/').Select(p => p.Length == 0 ? null : p)];
        var subject = new RecordSubject(new LogSource(source[0], source.ElementAtOrDefault(1), source.ElementAtOrDefault(2)), fields.Where(f => !f.Value.IsAbsent), Sigma.Noon);
        var engine = new RuleEngine(book, matching: RuleMatching.Verified);
        engine.Evaluate(subject, []);
        Assert.Equal(0, engine.Disagreements);
        return engine.Matched.Select(r => r.Facts.Slug).Order(StringComparer.Ordinal);
    }

    private static Dictionary<string, FieldValue> Fields(YamlMap row, string key) => ((YamlMap)row.Find(key)!).Entries.ToDictionary(
        e => e.Key.Text,
        e => e.Value is YamlScalar { IsNull: true } ? default : ((YamlScalar)e.Value).AsNumber() is { } number ? FieldValue.Of(number) : FieldValue.Of(((YamlScalar)e.Value).Text),
        StringComparer.Ordinal);

    private static IEnumerable<string> Names(YamlMap row, string key) => ((row.Find(key) as YamlList)?.Items ?? []).Select(i => ((YamlScalar)i).Text);

    private static string? Text(YamlMap row, string key) => (row.Find(key) as YamlScalar)?.Text;
}
