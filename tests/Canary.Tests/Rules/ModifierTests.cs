using System.Text;
using Canary.Rules;
using Xunit;

namespace Canary.Tests.Rules;

/// <summary>One test or row for each modifier of Sigma 2.1.</summary>
public sealed class ModifierTests
{
    [Theory]
    [InlineData("F|contains: b", "abc", true)]
    [InlineData("F|contains: B", "abc", true)]
    [InlineData("F|contains: x", "abc", false)]
    [InlineData("F|contains: '*b*'", "abc", true)]
    [InlineData("F|contains: 'a*c'", "xxabcxx", true)]
    [InlineData("F|startswith: ab", "abc", true)]
    [InlineData("F|startswith: ab", "xab", false)]
    [InlineData("F|startswith: ab", "a", false)]
    [InlineData("F|endswith: bc", "abc", true)]
    [InlineData("F|endswith: bc", "bcd", false)]
    [InlineData("F|contains: ''", "abc", true)]
    [InlineData("F|contains: 4", "443", true)]
    [InlineData("F|contains|all: [a, c]", "abc", true)]
    [InlineData("F|contains|all: [a, x]", "abc", false)]
    [InlineData("F|cased: aBc", "aBc", true)]
    [InlineData("F|cased: aBc", "abc", false)]
    [InlineData("F|contains|cased: B", "aBc", true)]
    [InlineData("F|contains|cased: B", "abc", false)]
    [InlineData("F|neq: a", "b", true)]
    [InlineData("F|neq: a", "A", false)]
    [InlineData("F|neq: [a, b]", "b", false)]
    [InlineData("F|neq: [a, b]", "c", true)]
    [InlineData("F|contains|neq: b", "abc", false)]
    [InlineData("F|startswith|cased: aB", "aBc", true)]
    [InlineData("F|startswith|cased: aB", "abc", false)]
    [InlineData("F|endswith|cased: Bc", "aBc", true)]
    [InlineData("F|endswith|cased: Bc", "abc", false)]
    [InlineData("F|cased: 'a*C'", "abC", true)]
    [InlineData("F|cased: 'a*C'", "abc", false)]
    [InlineData("F|contains|neq: [b, x]", "abc", false)]
    [InlineData("F|contains|neq: [x, y]", "abc", true)]
    [InlineData("F|re|neq: ^b", "abc", true)]
    [InlineData("F|re|neq: ^a", "abc", false)]
    [InlineData("F|endswith|all: [bc, c]", "abc", true)]
    [InlineData("F|startswith|all: [a, b]", "abc", false)]
    public void Text_modifiers(string item, string value, bool holds) => Assert.Equal(holds, Sigma.Item(item, ("F", value)));

    [Theory]
    [InlineData("F|re: 'b+'", "abbc", true)]
    [InlineData("F|re: 'B+'", "abbc", false)]
    [InlineData("F|re: '^b'", "abc", false)]
    [InlineData("F|re: '^abc$'", "abc", true)]
    [InlineData(@"F|re: 'a\.b'", "a.b", true)]
    [InlineData(@"F|re: 'a\.b'", "axb", false)]
    [InlineData(@"F|re: '\d{3}'", "x123", true)]
    [InlineData("F|re|i: 'B+'", "abbc", true)]
    [InlineData("F|re: '(?i)B+'", "abbc", true)]
    [InlineData("F|re|ignorecase: 'B+'", "abbc", true)]
    [InlineData("F|re|m: '^b'", "a\nb", true)]
    [InlineData("F|re: '^b'", "a\nb", false)]
    [InlineData("F|re|s: 'a.b'", "a\nb", true)]
    [InlineData("F|re: 'a.b'", "a\nb", false)]
    [InlineData("F|re|i|s: 'A.B'", "a\nb", true)]
    [InlineData("F|re|multiline: '^b'", "a\nb", true)]
    [InlineData("F|re|dotall: 'a.b'", "a\nb", true)]
    [InlineData("F|re|i|m|s: '^B.C'", "a\nb\nc", true)]
    [InlineData(@"F|re: 'a\\b'", @"a\b", true)]
    [InlineData(@"F|re: '\*'", "a*", true)]
    [InlineData("F|re: '%x%'", "%x%", true)]
    [InlineData("F|re: ''", "anything", true)]
    [InlineData("F|re: '^$'", "", true)]
    [InlineData("F|re: '(?m)^b'", "a\nb", true)]
    [InlineData("F|re: '(?i:B)c'", "bc", true)]
    [InlineData("F|re: '(?i:B)c'", "bC", false)]
    [InlineData("F|re|startswith: 'b|c'", "ab", false)]
    [InlineData("F|re|startswith: 'b|c'", "ca", true)]
    [InlineData("F|re|endswith: 'b|c'", "ab", true)]
    [InlineData("F|re|contains: 'b'", "abc", true)]
    [InlineData("F|re|all: ['a', 'c']", "abc", true)]
    [InlineData("F|re|all: ['a', 'x']", "abc", false)]
    public void Regular_expressions_are_searched_and_case_sensitive(string item, string value, bool holds) =>
        Assert.Equal(holds, Sigma.Item(item, ("F", value)));

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.1.2", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.168.1.128/25", "192.168.1.127", false)]
    [InlineData("192.168.1.128/25", "192.168.1.129", true)]
    [InlineData("0.0.0.0/0", "8.8.8.8", true)]
    [InlineData("10.0.0.1/32", "10.0.0.1", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("fd00::/8", "fe80::1", false)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("10.0.0.0/8", "10.0.0", false)]
    [InlineData("10.0.0.0/8", "10.0.0.256", false)]
    [InlineData("10.0.0.0/8", "10.example.org", false)]
    [InlineData("10.0.0.0/8", "", false)]
    public void Networks(string network, string address, bool holds) => Assert.Equal(holds, Sigma.Item($"F|cidr: '{network}'", ("F", address)));

    [Theory]
    [InlineData("cmd -x now", true)]
    [InlineData("cmd /x now", true)]
    [InlineData("cmd –x now", true)]
    [InlineData("cmd —x now", true)]
    [InlineData("cmd ―x now", true)]
    [InlineData("cmd +x now", false)]
    public void Windash_takes_every_dash_for_the_one_written(string value, bool holds) =>
        Assert.Equal(holds, Sigma.Item("F|contains|windash: ' -x '", ("F", value)));

    [Theory]
    [InlineData("a –b /c", true)]
    [InlineData("a /b –c", true)]
    [InlineData("a b /c", false)]
    public void Windash_takes_every_mixture(string value, bool holds) => Assert.Equal(holds, Sigma.Item("F|windash: 'a -b /c'", ("F", value)));

    [Theory]
    [InlineData("F|windash: '–x'", "–x", true)]
    [InlineData("F|windash: '–x'", "-x", false)]
    [InlineData("F|windash: '-'", "/", false)]
    [InlineData("F|windash: '- x'", "/ x", false)]
    [InlineData("F|contains|windash: '/x'", "a—xb", true)]
    [InlineData("F|startswith|windash: '-x'", "/x b", true)]
    [InlineData("F|endswith|windash: ' -x'", "b ―x", true)]
    [InlineData("F|windash|contains: ' -x'", "b /x c", true)]
    [InlineData("F|windash|cased: -X", "/X", true)]
    [InlineData("F|windash|cased: -X", "/x", false)]
    [InlineData("F|contains|windash|all: [' -x', ' -y']", "a /x –y", true)]
    public void Windash_takes_only_a_dash_or_slash_before_a_word(string item, string value, bool holds) => Assert.Equal(holds, Sigma.Item(item, ("F", value)));

    [Theory]
    [InlineData("F|base64offset|contains: foobar", false)]
    [InlineData("F|base64offset|contains: [foobar, FOOBAR]", true)]
    [InlineData("F|base64|contains: FOOBAR", true)]
    [InlineData("F|base64|startswith: FOOBAR", true)]
    [InlineData("F|base64|endswith: FOOBAR", true)]
    [InlineData("F|base64: FOOBAR", true)]
    [InlineData("F|base64: FOOBA", false)]
    [InlineData("F|base64offset|startswith: FOOBAR", true)]
    [InlineData("F|wide|base64: FOOBAR", false)]
    public void What_is_encoded_is_looked_for_as_it_is_written(string item, bool holds) =>
        Assert.Equal(holds, Sigma.Item(item, ("F", Convert.ToBase64String("FOOBAR"u8))));

    [Fact]
    public void Windash_leaves_a_dash_inside_a_word() => Assert.False(Sigma.Item("F|windash: 'a-b'", ("F", "a/b")));

    [Fact]
    public void Base64_is_case_sensitive()
    {
        Assert.True(Sigma.Item("F|base64|contains: foobar", ("F", "x " + Convert.ToBase64String("foobar"u8) + " y")));
        Assert.False(Sigma.Item("F|base64|contains: foobar", ("F", Convert.ToBase64String("foobar"u8).ToLowerInvariant())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("xy")]
    [InlineData("xyz")]
    public void Base64offset_finds_the_value_wherever_it_lies(string before)
    {
        foreach (string after in (string[])["", "q", "qr", "qrs"])
        {
            string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + "http://" + after));
            Assert.True(Sigma.Item("F|base64offset|contains: 'http://'", ("F", encoded)), encoded);
        }
    }

    [Theory]
    [InlineData("wide")]
    [InlineData("utf16le")]
    public void Wide_text_is_little_endian(string modifier) => Assert.True(
        Sigma.Item($"F|{modifier}|base64offset|contains: ping", ("F", Convert.ToBase64String(Encoding.Unicode.GetBytes("xping 1")))));

    [Fact]
    public void Utf16be_is_big_endian() => Assert.True(
        Sigma.Item("F|utf16be|base64offset|contains: ping", ("F", Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes("ping")))));

    [Fact]
    public void Utf16_begins_with_its_byte_order_mark() => Assert.True(
        Sigma.Item("F|utf16|base64: ping", ("F", Convert.ToBase64String([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("ping")]))));

    [Fact]
    public void Exists_asks_for_the_field_not_for_its_value()
    {
        Assert.True(Sigma.Item("F|exists: true", ("F", "")));
        Assert.False(Sigma.Item("F|exists: true", ("G", "x")));
        Assert.True(Sigma.Item("F|exists: false", ("G", "x")));
        Assert.False(Sigma.Item("F|exists: false", ("F", "x")));
    }

    [Theory]
    [InlineData("F|gt: 5", 6, true)]
    [InlineData("F|gt: 5", 5, false)]
    [InlineData("F|gte: 5", 5, true)]
    [InlineData("F|gte: 5", 4.9, false)]
    [InlineData("F|lt: 5", 4, true)]
    [InlineData("F|lt: 5", 5, false)]
    [InlineData("F|lte: 5", 5, true)]
    [InlineData("F|lte: 5", 6, false)]
    [InlineData("F|gt: 1.5", 1.6, true)]
    [InlineData("F|gt: -1", 0, true)]
    [InlineData("F|neq: 5", 5, false)]
    [InlineData("F|neq: 5", 6, true)]
    public void Comparisons(string item, double value, bool holds)
    {
        Assert.Equal(holds, Sigma.Item(item, ("F", value)));
        Assert.Equal(holds, Sigma.Item(item, ("F", value.ToString(System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void A_comparison_with_what_is_no_number_does_not_hold() => Assert.False(Sigma.Item("F|lt: 5", ("F", "few")));

    [Fact]
    public void Fieldref_compares_two_fields_of_one_event()
    {
        Assert.True(Sigma.Item("A|fieldref: B", ("A", "x"), ("B", "X")));
        Assert.False(Sigma.Item("A|fieldref: B", ("A", "x"), ("B", "y")));
        Assert.False(Sigma.Item("A|fieldref: B", ("A", "x")));
        Assert.False(Sigma.Item("A|fieldref: B", ("B", "x")));
        Assert.True(Sigma.Item("A|fieldref|contains: B", ("A", "axb"), ("B", "x")));
        Assert.True(Sigma.Item("A|fieldref|startswith: B", ("A", "xab"), ("B", "x")));
        Assert.True(Sigma.Item("A|fieldref|endswith: B", ("A", "abx"), ("B", "x")));
        Assert.True(Sigma.Item("A|fieldref|neq: B", ("A", "x"), ("B", "y")));
        Assert.False(Sigma.Item("A|fieldref|neq: B", ("A", "x"), ("B", "x")));
        Assert.False(Sigma.Item("A|fieldref|cased: B", ("A", "x"), ("B", "X")));
    }

    [Theory]
    [InlineData("T|minute: 34", true)]
    [InlineData("T|hour: 12", true)]
    [InlineData("T|hour: 13", false)]
    [InlineData("T|hour|gte: 12", true)]
    [InlineData("T|hour|lt: 12", false)]
    [InlineData("T|day: 23", true)]
    [InlineData("T|week: 48", true)]
    [InlineData("T|month: 11", true)]
    [InlineData("T|month: [10, 11]", true)]
    [InlineData("T|year: 2026", true)]
    [InlineData("T|year: 2025", false)]
    public void Parts_of_a_time(string item, bool holds)
    {
        Assert.Equal(holds, Sigma.Item(item, ("T", "2026-11-23T12:34:56.789Z")));
        Assert.Equal(holds, Sigma.Item(item, ("T", "2026-11-23T13:34:56+01:00")));
        Assert.Equal(holds, Sigma.Item(item, ("T", 1795437296)));
        Assert.False(Sigma.Item(item, ("T", "yesterday")));
    }

    [Fact]
    public void Expand_takes_its_values_from_the_configuration()
    {
        var options = new RuleOptions { Placeholders = new Dictionary<string, IReadOnlyList<string>> { ["admins"] = ["root", "adm*"], ["n"] = ["1", "2"] } };
        const string Detection = "detection: {s: {F|expand: '%admins%-%n%'}, condition: s}";
        Assert.True(Sigma.Detection(options, Detection, ("F", "root-2")));
        Assert.True(Sigma.Detection(options, Detection, ("F", "admin-1")));
        Assert.False(Sigma.Detection(options, Detection, ("F", "root-3")));
        Assert.True(Sigma.Detection(options, "detection: {s: {F|contains|expand: '%n%'}, condition: s}", ("F", "a2b")));
        Assert.True(Sigma.Detection(options, @"detection: {s: {F|expand: '100\%n\%'}, condition: s}", ("F", "100%n%")));
    }

    [Theory]
    [InlineData("100%", "100%", true)]
    [InlineData(@"\\%n%", @"\%n%", false)]
    [InlineData(@"\\%n%", @"\1", true)]
    [InlineData("%n%%n%", "12", true)]
    [InlineData("%n%*", "1x", true)]
    [InlineData(@"%n%\*", "1*", true)]
    [InlineData(@"%n%\*", "1x", false)]
    public void What_is_no_placeholder_stays(string value, string text, bool holds)
    {
        var options = new RuleOptions { Placeholders = new Dictionary<string, IReadOnlyList<string>> { ["n"] = ["1", "2"] } };
        Assert.Equal(holds, Sigma.Detection(options, $"detection: {{s: {{F|expand: '{value}'}}, condition: s}}", ("F", text)));
    }

    [Fact]
    public void Percent_signs_without_expand_are_themselves() => Assert.True(Sigma.Item("F: '%TEMP%'", ("F", "%temp%")));
}
