using System.IO.Compression;
using System.Text;
using Canary.Replay;
using Xunit;

namespace Canary.Tests.Replay;

public sealed class ReplayReaderTests
{
    private const string A = """{"logsource":{"category":"c"},"n":"a"}""", B = """{"logsource":{"category":"c"},"n":"b"}""";

    public static TheoryData<string, string> Ways => new()
    {
        { "one", A },
        { "lines", A + "\n" + B + "\n" },
        { "lines of Windows", A + "\r\n" + B + "\r\n" },
        { "no line between", A + B },
        { "array", "[" + A + "," + B + "]" },
        { "array on lines", "[\n  " + A + ",\n  " + B + "\n]\n" },
        { "pretty", Pretty(A) + "\n" + Pretty(B) },
        { "pretty array", "[\n" + Pretty(A) + ",\n" + Pretty(B) + "\n]" },
        { "record separators", "\u001e" + A + "\n\u001e" + B + "\n" },
        { "blank lines", "\n\n" + A + "\n\n \n" + B + "\n\n" },
        { "two arrays", "[" + A + "]\n[" + B + "]" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Events_are_read_however_they_stand(string way, string text)
    {
        string[] wanted = way == "one" ? ["a"] : ["a", "b"];
        foreach (byte[] bytes in Spellings(text))
        {
            var reader = Log.Reader(bytes);
            Assert.Equal(wanted, Log.Events(reader).Select(e => e.Value("n")));
            Assert.Empty(reader.Faults);
            Assert.Equal(wanted.Length - 1, reader.Index);
        }
    }

    [Fact]
    public void An_event_cut_anywhere_is_told_and_what_was_before_it_is_read()
    {
        for (int cut = 1; cut < B.Length; cut++)
        {
            var reader = Log.Reader(A + "\n" + B[..cut]);
            Assert.Single(Log.Events(reader));
            Assert.Equal($"log:2:1: cut short: the file ends within this record, {cut} bytes of which were not read", Assert.Single(reader.Faults).ToString());
        }
    }

    [Fact]
    public void A_cut_array_is_told()
    {
        var reader = Log.Reader("[" + A + ",\n");
        Assert.Single(Log.Events(reader));
        Assert.Equal("log:1:1: the array that begins here is not closed: the file was cut short", Assert.Single(reader.Faults).ToString());
    }

    [Theory]
    [InlineData("{\"n\": oops}", "log:2:7: not valid JSON: 'o' is an invalid start of a value; 12 bytes were not read")]
    [InlineData("some line of a log", "log:2:1: is no JSON object; 19 bytes were not read")]
    [InlineData("{\"n\":\"a\nb\"}", "log:2:8: not valid JSON: '0x0A' is invalid within a JSON string. The string should be correctly escaped; 12 bytes were not read")]
    [InlineData("42", "log:2:1: is no JSON object; 3 bytes were not read")]
    [InlineData("{\"n\": 1", "log:3:1: not valid JSON: '{' is invalid after a value. Expected either ',', '}', or ']'; 8 bytes were not read")]
    public void A_broken_line_costs_itself_alone(string broken, string fault)
    {
        var reader = Log.Reader(A + "\n" + broken + "\n" + B + "\n" + A);
        Assert.Equal(["a", "b", "a"], Log.Events(reader).Select(e => e.Value("n")));
        Assert.Equal(fault, Assert.Single(reader.Faults).ToString());
        Assert.Equal((1, 3), (reader.Unread, reader.Index));
    }

    [Fact]
    public void After_a_broken_record_written_over_lines_its_inner_objects_are_no_events()
    {
        string broken = "{\n  \"a\": !,\n  \"b\":\n  {\n    \"n\": \"inner\"\n  }\n}";
        var reader = Log.Reader(Pretty(A) + "\n" + broken + "\n" + Pretty(B));
        Assert.Equal(["a", "b"], Log.Events(reader).Select(e => e.Value("n")));
        Assert.Single(reader.Faults);
    }

    [Fact]
    public void Without_lines_the_rest_is_told_as_not_read()
    {
        var reader = Log.Reader("[" + A + ",{!}," + B + "]");
        Assert.Single(Log.Events(reader));
        Assert.Equal($"log:1:{A.Length + 4}: not valid JSON: '!' is an invalid start of a property name. Expected a '\"'; the last {B.Length + 5} bytes of the file were not read", Assert.Single(reader.Faults).ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_record_too_long_is_passed_over(bool closed)
    {
        // Not closed: its string runs into the next line, where it cannot go on.
        string huge = "{\"n\":\"\\\"{" + new string('x', ReplayReader.MostRecord + 100_000) + (closed ? "\"}" : "");
        var reader = Log.Reader(A + "\n" + huge + "\n" + B);
        Assert.Equal(["a", "b"], Log.Events(reader).Select(e => e.Value("n")));
        Assert.Equal("log:2:1: the record at byte 39 is larger than 4 MiB (4.1 MiB) and was not read", Assert.Single(reader.Faults).ToString());
        Assert.Equal(2, reader.Index);
    }

    [Fact]
    public void A_record_just_short_enough_is_read() =>
        Assert.Equal(ReplayReader.MostRecord - 1000, Log.Event($"{{\"n\":\"{new string('x', ReplayReader.MostRecord - 1000)}\"}}").Value("n")!.Length);

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void Deep_nesting_is_refused_at_once(string open)
    {
        var reader = Log.Reader(string.Concat(Enumerable.Repeat(open, 400_000)) + "\n" + A);
        Assert.Single(Log.Events(reader));
        Assert.NotEmpty(reader.Faults);
    }

    [Fact]
    public void A_file_of_something_else_is_given_up()
    {
        var reader = Log.Reader(string.Concat(Enumerable.Repeat("{!}\n", 100_000)));
        Assert.Empty(Log.Events(reader));
        Assert.Equal(1001, reader.Unread);
        Assert.Equal(100, reader.Faults.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("[]")]
    public void Nothing_is_nothing(string text)
    {
        var reader = Log.Reader(text);
        Assert.Empty(Log.Events(reader));
        Assert.Equal((0, 0), (reader.Events, reader.Unread));
    }

    [Fact]
    public void Gzip_cut_short_or_damaged_is_told()
    {
        var random = new Random(5);
        string text = string.Concat(Enumerable.Range(0, 3000).Select(i => $"{{\"n\":\"{random.NextInt64()}\"}}\n"));
        byte[] packed = Gzip(Encoding.UTF8.GetBytes(text));
        var cut = Log.Reader(packed[..(packed.Length / 2)]);
        Assert.InRange(Log.Events(cut).Count, 1, 2999);
        Assert.NotEmpty(cut.Faults);
        packed[packed.Length / 2] ^= 0xff;
        packed[(packed.Length / 2) + 1] ^= 0xff;
        var damaged = Log.Reader(packed);
        Log.Events(damaged);
        Assert.NotEmpty(damaged.Faults);
    }

    [Fact]
    public void Bytes_that_are_no_text_stand_escaped_and_half_pairs_stay()
    {
        byte[] bytes = [.. "{\"n\":\""u8, 0xff, .. "\",\"m\":\"\\ud800\\u0041\\n"u8, 0xfe, .. "\"}"u8];
        var read = Assert.Single(Log.Events(Log.Reader(bytes)));
        Assert.Equal(["\\xff", "\ud800A\n\\xfe"], new[] { "n", "m" }.Select(read.Value));
    }

    [Fact]
    public void A_record_of_too_many_fields_keeps_the_first_and_tells()
    {
        var reader = Log.Reader("{" + string.Join(',', Enumerable.Range(0, 3000).Select(i => $"\"f{i}\":{i}")) + "}");
        var read = Assert.Single(Log.Events(reader));
        Assert.Equal(("2047", (string?)null), (read.Value("f2047"), read.Value("f2048")));
        Assert.Equal("log:1:1: 952 fields beyond the 2048th were not read", Assert.Single(reader.Faults).ToString());
    }

    [Fact]
    public void New_names_in_every_record_do_not_fill_memory_or_mix_up_fields()
    {
        var reader = Log.Reader(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{{\"f{i}\":{i},\"g{i}\":\"x\"}}\n")));
        for (int i = 0; i < 20_000; i++)
            Assert.Equal(i.ToString(System.Globalization.CultureInfo.InvariantCulture), reader.Next()!.Value($"f{i}"));
    }

    [Fact]
    public void Events_given_out_are_not_held()
    {
        var reader = Log.Reader(string.Concat(Enumerable.Repeat(Log.Windows("Security", 4624, "a=b") + "\n", 5000)));
        var first = Next(reader);
        for (int i = 0; i < 4000; i++)
            Next(reader);
        GC.Collect();
        Assert.False(first.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Next(ReplayReader reader) => new(reader.Next());
    }

    /// <summary>CANARY_SEED sets which.</summary>
    [Fact]
    public void Damaged_logs_are_read_to_their_end_and_every_byte_is_accounted_for()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("CANARY_SEED"), out int set) ? set : Random.Shared.Next();
        var random = new Random(seed);
        string[] pieces =
        [
            A, Pretty(B), Log.Windows("Security", 4688, "ProcessId=0x1", "a b=c"), "[", "]", ",", "\n", "{\"Event\":", "{\"EventData\":[", "\"Data\":[{\"Name\":", "}", "\"\\ud83d\"", "\\", "1e999", "null",
            "{\"winlog\":{\"event_data\":{\"x\":1},\"user_data\":{\"y\":{\"z\":[1,{}]}}}}", "{\"kind\":\"event\",\"fields\":{\"a\":[]}}", "{\"logsource\":{\"product\":5}}",
        ];
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => pieces[random.Next(pieces.Length)])));
            for (int i = random.Next(4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var reader = Log.Reader(bytes);
            try
            {
                foreach (var read in Log.Events(reader))
                    Assert.All(read.Names, field => read.Get(field).ToString());
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}, round {round}: {Convert.ToBase64String(bytes)}\n{e}");
            }

            bool hasContent = bytes.Any(b => !" \t\r\n,[]\u001e".Contains((char)b));
            Assert.True(!hasContent || reader.Events + reader.Unread + reader.Skipped > 0, $"seed {seed}, round {round}: {Convert.ToBase64String(bytes)}");
        }
    }

    private static string Pretty(string json)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(json)!;
        return node.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
    }

    private static IEnumerable<byte[]> Spellings(string text)
    {
        byte[] plain = Encoding.UTF8.GetBytes(text);
        yield return plain;
        yield return [0xef, 0xbb, 0xbf, .. plain];
        yield return [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)];
        yield return [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(text)];
        yield return Gzip(plain);
        yield return Gzip([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)]);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionMode.Compress))
            zip.Write(bytes);
        return packed.ToArray();
    }
}
