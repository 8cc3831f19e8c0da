using Canary.Yaml;
using CsCheck;
using Xunit;

namespace Canary.Tests.Yaml;

public sealed class YamlReaderTests
{
    private readonly Diagnostics _diagnostics = new();

    private IReadOnlyList<YamlNode> Read(string text) => YamlReader.ReadAll(text, "rule.yml", _diagnostics);

    private string Complaints => string.Join('\n', _diagnostics.All);

    [Fact]
    public void Every_value_knows_where_it_stands()
    {
        var map = Assert.IsType<YamlMap>(Assert.Single(Read("title: x\ndetection:\n  selection:\n    Image|endswith: [/a, '/b']\n")));
        var selection = Assert.IsType<YamlMap>(Assert.IsType<YamlMap>(map.Find("detection")).Find("selection"));
        var (key, value) = Assert.Single(selection.Entries);
        Assert.Equal(("Image|endswith", 4, 5), (key.Text, key.Line, key.Column));
        var list = Assert.IsType<YamlList>(value);
        Assert.Equal([(4, 22), (4, 26)], list.Items.Select(i => (i.Line, i.Column)));
        Assert.Equal([true, false], list.Items.Cast<YamlScalar>().Select(i => i.IsPlain));
        Assert.Empty(_diagnostics.All);
    }

    [Fact]
    public void Documents_come_one_by_one() => Assert.Equal(["a", "b"], Read("---\na\n---\nb\n").Cast<YamlScalar>().Select(s => s.Text));

    [Fact]
    public void A_syntax_error_has_its_place_and_spares_what_went_before()
    {
        Assert.Single(Read("---\ngood: 1\n---\nbad: [1, 2\nmore: x\n"));
        Assert.StartsWith("rule.yml:4:", Complaints, StringComparison.Ordinal);
        Assert.Contains("not valid YAML", Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_stands_twice_is_an_error_at_the_second()
    {
        Read("a: 1\nb: 2\na: 3\n");
        Assert.Equal("rule.yml:3:1: key 'a' stands twice", Complaints);
    }

    [Fact]
    public void An_alias_is_an_error_so_that_nine_lines_never_become_a_billion()
    {
        Read("a: &x [1]\nb: *x\n");
        Assert.Equal("rule.yml:2:4: alias '*x' is not allowed; write the value out", Complaints);
    }

    [Fact]
    public void Depth_has_a_bound()
    {
        Read(new string('[', 100_000));
        Assert.Contains("nested deeper than", Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void Size_has_a_bound()
    {
        Assert.Empty(Read(new string('#', YamlReader.MostCharacters + 1)));
        Assert.Contains("larger than", Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_values_has_a_bound()
    {
        Read("[" + string.Concat(Enumerable.Repeat("1,", 600_000)) + "]");
        Assert.Contains("values in one file", Complaints, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_all_faults_does_not_fill_memory_with_them()
    {
        Read(string.Concat(Enumerable.Repeat("a: 1\n", 50_000)));
        Assert.Equal(201, _diagnostics.Count);
    }

    [Fact]
    public void Cut_anywhere_a_document_is_read_or_refused_with_a_place()
    {
        const string Whole = "title: \"a\\nb\"\nlist: [1, {x: 'y'}]\ntext: |\n  one\n  two\n? odd\n: z\n--- !tag &a\n- b\n";
        for (int length = 0; length <= Whole.Length; length++)
        {
            var diagnostics = new Diagnostics();
            YamlReader.ReadAll(Whole[..length], "cut.yml", diagnostics);
            Assert.All(diagnostics.All, d => Assert.True(d.Line > 0, $"cut at {length}: {d}"));
        }
    }

    [Fact]
    public void Text_of_any_kind_is_read_or_refused_with_a_place()
    {
        var pieces = Gen.OneOf(((string[])["a: ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "?", ": ", "'", "\"", "|", ">", "&x ", "*x", "!t ", "---\n", "...\n", "#", "\t", "%", "\\U0011FFFF", "\\x", "é", "\0", "@", "x"]).Select(Gen.Const).ToArray());
        pieces.Array[0, 30].Sample(parts =>
        {
            var diagnostics = new Diagnostics();
            YamlReader.ReadAll(string.Concat(parts), "any.yml", diagnostics);
            return diagnostics.All.All(d => d.Line > 0);
        }, iter: 20_000);
    }

    [Theory]
    [InlineData("~", true)]
    [InlineData("null", true)]
    [InlineData("''", false)]
    [InlineData("'null'", false)]
    public void Null_is_null_only_when_plain(string yaml, bool isNull) => Assert.Equal(isNull, Assert.IsType<YamlScalar>(Assert.Single(Read(yaml))).IsNull);

    [Theory]
    [InlineData("443", 443.0)]
    [InlineData("-7", -7.0)]
    [InlineData("0x10", 16.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("1e3", 1000.0)]
    [InlineData("'443'", null)]
    [InlineData("1,5", null)]
    [InlineData(".inf", null)]
    [InlineData("12abc", null)]
    public void Numbers_are_read_as_the_core_schema_has_them(string yaml, double? number) =>
        Assert.Equal(number, Assert.IsType<YamlScalar>(Assert.Single(Read(yaml))).AsNumber());
}
