using System.Globalization;
using System.Text;
using Canary.Findings;
using Canary.Rules;
using Canary.Rules.Indexing;
using Xunit;
using Xunit.Abstractions;

namespace Canary.Tests.Rules;

/// <summary>The index must say what the full scan says.</summary>
public sealed class IndexTests(ITestOutputHelper output)
{
    private static readonly LogSource Source = new("windows", "any");

    // Short, so that literals meet values often; with the characters whose case mapping leaves ASCII.
    private static readonly string[] Letters = ["a", "b", "A", "B", "-", "/", " ", "1", "é", "É", "\u212A", "k", "\u017F", "s", "ı", "i", "İ", "–", "ß", "😀", ";", "{", "`"];
    private static readonly string[] Fields = ["F0", "F1", "F2"];

    /// <summary>CANARY_PAIRS sets how many (rule set, event) pairs are tried, CANARY_SEED which.</summary>
    [Fact]
    public void Index_and_full_scan_agree_on_random_rules_and_events()
    {
        int pairs = Setting("CANARY_PAIRS", 40_000), seed = Setting("CANARY_SEED", Random.Shared.Next());
        output.WriteLine($"seed {seed}, {pairs} pairs");
        var random = new Random(seed);
        int matches = 0;
        for (int done = 0; done < pairs;)
        {
            var files = Enumerable.Range(0, random.Next(1, 90)).Select(i => ($"r{i}.yml", Rule(random))).ToArray();
            var load = Sigma.Load(RuleOptions.Default, files);
            Assert.True(load.Errors.Count == 0, $"seed {seed}: {string.Join('\n', load.Errors)}");
            var (indexed, scanning) = (new RuleEngine(load.Book), new RuleEngine(load.Book, matching: RuleMatching.FullScan));
            for (int i = 0; i < 200; i++, done++)
            {
                var e = Event(random);
                indexed.Evaluate(e, []);
                scanning.Evaluate(e, []);
                matches += scanning.Matched.Count;
                if (!indexed.Matched.SequenceEqual(scanning.Matched))
                {
                    var odd = indexed.Matched.Except(scanning.Matched).Concat(scanning.Matched.Except(indexed.Matched)).First();
                    Assert.Fail($"seed {seed}: {odd} differs on {string.Join(", ", e.Names.Select(f => $"{f.Name}={e.Get(f)}"))}\n{files.First(f => f.Item1 == odd + ".yml").Item2}");
                }
            }
        }

        // A generator that never hits would prove nothing.
        Assert.InRange(matches, pairs / 20, int.MaxValue);
    }

    [Theory]
    [InlineData("s or not f", "zzz")]
    [InlineData("not s", "zzz")]
    [InlineData("not (s and f)", "abc")]
    [InlineData("not (s or f)", "zzz")]
    [InlineData("s and not f", "abc")]
    public void Negation_promises_no_witness(string condition, string value)
    {
        var book = Sigma.Book(("r.yml", Sigma.Head + $"detection: {{s: {{F|contains: abc}}, f: {{G|contains: xyz}}, condition: {condition}}}"));
        Assert.Single(Sigma.Findings(book, Sigma.Event(("F", value))));
    }

    [Fact]
    public void Verified_matching_counts_no_difference_on_the_shipped_rules_and_their_cases()
    {
        var book = RuleLoader.Load(RuleSources.BuiltIn()).Book;
        var engine = new RuleEngine(book, matching: RuleMatching.Verified);
        foreach (var e in book.Rules.SelectMany(r => r.Cases).SelectMany(c => c.Events))
            engine.Evaluate(new RecordSubject(e.Source, e.Fields, Sigma.Noon, e.Session), []);
        Assert.Equal(0, engine.Disagreements);
        Assert.NotEqual(0, engine.Events);
    }

    [Fact]
    public void Nearly_every_shipped_rule_has_a_witness()
    {
        var book = RuleLoader.Load(RuleSources.BuiltIn()).Book;
        foreach (string category in (string[])["process_creation", "file_access", "file_event", "network_connection", "dns_query"])
        {
            var bucket = book.For(new LogSource("linux", category));
            output.WriteLine($"{category}: {bucket.Rules.Length} rules, {bucket.WithoutWitness} without witness, {bucket.Bytes:N0} bytes");
            Assert.InRange(bucket.WithoutWitness, 0, 12);
        }
    }

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("abc|xyz", "abc", "xyz")]
    [InlineData("ab|c", "ab", "c")]
    [InlineData("a?bcd", "bcd")]
    [InlineData("abcd?e", "abc")]
    [InlineData("abc+de", "abc")]
    [InlineData("ab(?:cde|fgh)i", "cde", "fgh")]
    [InlineData("ab(?:cde|fgh)?i", "ab")]
    [InlineData("ab(?:cde|)i", "ab")]
    [InlineData(@"\.ssh/id_", ".ssh/id_")]
    [InlineData(@"foo\dbarr", "barr")]
    [InlineData("[abc]def", "Adef", "Bdef", "Cdef")]
    [InlineData("x[a-c]def", "def")]
    [InlineData("x[^a]def", "def")]
    [InlineData("a[-b]c", "a-c", "aBc")]
    [InlineData("(?i)l[sk]o", "l")]
    [InlineData("[]abc]de", "Ade", "Bde", "Cde", "]de")]
    [InlineData(@"[\]abc]de", "Ade", "Bde", "Cde", "]de")]
    [InlineData("abc{0,5}d", "ab")]
    [InlineData("abc{2}d", "abc")]
    [InlineData("(?<name>abc)d", "abc")]
    [InlineData("(?i)clockwork", "cloc", "wor")]
    [InlineData("(?i:abcd)", "abcd")]
    [InlineData("(?x)a b c", null)]
    [InlineData(@"\x41bc", null)]
    [InlineData(".*", null)]
    [InlineData("", null)]
    public void What_an_expression_cannot_match_without(string pattern, params string?[] literals)
    {
        var found = RegexLiterals.Of(pattern, ignoresCase: false);
        // Of several runs in a row the longest is enough.
        Assert.Equal(literals is [null] or null ? null : pattern.Contains("clock") ? literals[..1] : literals, found?.ToArray());
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private static string Rule(Random random)
    {
        var text = new StringBuilder(Sigma.Head).Append("detection:\n");
        int selections = random.Next(1, 4);
        for (int s = 0; s < selections; s++)
            text.Append(CultureInfo.InvariantCulture, $"  s{s}: {Selection(random)}\n");
        return text.Append("  condition: ").Append(Condition(random, selections, 0)).Append('\n').ToString();
    }

    private static string Selection(Random random) => random.Next(6) switch
    {
        0 => $"[{Map(random)}, {Map(random)}]",
        1 => $"[{Value(random)}, {Value(random)}]",
        _ => Map(random),
    };

    private static string Map(Random random)
    {
        var items = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Item(random)).DistinctBy(i => i[..i.IndexOf(':')]);
        return "{" + string.Join(", ", items) + "}";
    }

    private static string Item(Random random)
    {
        string field = Fields[random.Next(Fields.Length)];
        return random.Next(16) switch
        {
            0 => $"{field}|contains: [{Value(random)}, {Value(random)}, {Value(random)}]",
            1 => $"{field}|startswith: {Value(random)}",
            2 => $"{field}|endswith: [{Value(random)}, {Value(random)}]",
            3 => $"{field}|contains|all: [{Value(random)}, {Value(random)}]",
            4 => $"{field}|contains|cased: {Value(random)}",
            5 => $"{field}|contains|windash: ' -a'",
            6 => $"{field}|neq: {Value(random)}",
            7 => $"{field}|exists: {(random.Next(2) == 0 ? "true" : "false")}",
            8 => $"{field}: null",
            9 => $"{field}: {random.Next(3)}",
            10 => $"{field}|gt: 0",
            11 => $"{field}|re{(random.Next(2) == 0 ? "|i" : "")}: '{Expression(random, 0)}'",
            12 => $"{field}: [{Value(random)}, 1, true]",
            13 => $"{field}|fieldref|contains: {Fields[random.Next(Fields.Length)]}",
            14 => $"'|all': [{Value(random)}, {Value(random)}]",
            _ => $"{field}: {Value(random)}",
        };
    }

    private static string Expression(Random random, int depth)
    {
        string[] pieces = ["a", "ab", "bA", "B-", "k", "s", "is", "ak", " ", "[ab]", @"\w", ".", @"\-", "é", "1", "[abAB]{12}", @"[^é]{13,}", "[aB]"];
        string[] quantifiers = ["", "", "", "", "?", "*", "+", "{2}", "{0,1}", "*?"];
        var text = new StringBuilder();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            bool group = depth < 2 && random.Next(4) == 0;
            string piece = group ? $"(?:{Expression(random, depth + 1)})" : pieces[random.Next(pieces.Length)];
            string quantifier = piece.EndsWith('}') ? "" : quantifiers[random.Next(quantifiers.Length)];
            text.Append(group || piece.Length == 1 ? piece : piece.TrimEnd()).Append(quantifier);
        }

        return random.Next(4) == 0 ? text + "|" + Expression(random, depth + 1) : text.ToString();
    }

    private static string Value(Random random)
    {
        string text = Text(random, 0, 4);
        return "'" + random.Next(5) switch
        {
            0 => text + "*" + Text(random, 0, 3),
            1 => "*" + text,
            2 => text + "?" + Text(random, 0, 2) + "*",
            _ => text,
        } + "'";
    }

    private static string Condition(Random random, int selections, int depth) => random.Next(depth > 2 ? 3 : 7) switch
    {
        0 or 1 => "s" + random.Next(selections),
        2 => (random.Next(2) == 0 ? "1" : "all") + " of s*",
        3 or 4 => $"({Condition(random, selections, depth + 1)} and {Condition(random, selections, depth + 1)})",
        5 => $"({Condition(random, selections, depth + 1)} or {Condition(random, selections, depth + 1)})",
        _ => "not " + Condition(random, selections, depth + 1),
    };

    private static RecordSubject Event(Random random)
    {
        var fields = new List<KeyValuePair<string, FieldValue>>();
        foreach (string field in Fields)
        {
            switch (random.Next(10))
            {
                case 0:
                    break;
                case 1:
                    fields.Add(new(field, FieldValue.Null));
                    break;
                case 2:
                    fields.Add(new(field, FieldValue.Of(random.Next(3))));
                    break;
                case 3:
                    fields.Add(new(field, FieldValue.Of(random.Next(2) == 0)));
                    break;
                case 4:
                    fields.Add(new(field, FieldValue.Of([Text(random, 0, 5), Text(random, 0, 5)])));
                    break;
                default:
                    fields.Add(new(field, FieldValue.Of(Text(random, 0, 8))));
                    break;
            }
        }

        return new RecordSubject(Source, fields, Sigma.Noon);
    }

    private static string Text(Random random, int least, int most)
    {
        // Long ones of two letters: else no literal of the length that is filed would ever be met.
        if (random.Next(3) == 0)
            return string.Concat(Enumerable.Range(0, random.Next(least, most * 4)).Select(_ => random.Next(8) < 7 ? Letters[random.Next(4)] : Letters[random.Next(Letters.Length)]));
        // Half of all texts are ASCII, as literals of the index are.
        int letters = random.Next(2) == 0 ? 8 : Letters.Length;
        return string.Concat(Enumerable.Range(0, random.Next(least, most)).Select(_ => Letters[random.Next(letters)]));
    }
}
