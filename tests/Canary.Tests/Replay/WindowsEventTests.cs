using System.Text.Json.Nodes;
using Canary.Findings;
using Xunit;

namespace Canary.Tests.Replay;

/// <summary>The ways in which exporters write the same Windows event.</summary>
public sealed class WindowsEventTests
{
    private const string Sysmon = "Microsoft-Windows-Sysmon/Operational";
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string> Exports => new()
    {
        { "evtx_dump", Wrap("""
            "Provider":{"#attributes":{"Name":"P"}},"EventID":1,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-23T12:00:00.0000000Z"}},"Execution":{"#attributes":{"ProcessID":8}},"Channel":"CH"
            """, """{"Image":"i","Process Id":5}""") },
        { "qualifiers", Wrap("""
            "Provider":{"#attributes":{"Name":"P"}},"EventID":{"#attributes":{"Qualifiers":0},"#text":1},"TimeCreated":{"#attributes":{"SystemTime":"2026-11-23 12:00:00.000000 UTC"}},"Execution":{"#attributes":{"ProcessID":8}},"Channel":"CH"
            """, """{"#attributes":{"Name":"x"},"Image":"i","Process Id":5}""") },
        { "separate attributes", Wrap("""
            "Provider_attributes":{"Name":"P"},"EventID":"1","TimeCreated_attributes":{"SystemTime":"2026-11-23T12:00:00Z"},"Execution_attributes":{"ProcessID":8},"Channel":"CH"
            """, """{"Image":"i","Process Id":5}""") },
        { "at signs", Wrap("""
            "Provider":{"@Name":"P"},"EventID":{"@Qualifiers":"0","#text":"1"},"TimeCreated":{"@SystemTime":"2026-11-23 12:00:00.000000"},"Execution":{"@ProcessID":"8"},"Channel":"CH"
            """, """{"Data":[{"@Name":"Image","#text":"i"},{"@Name":"Process Id","#text":"5"}]}""") },
        { "plain attributes", Wrap("""
            "Provider":{"Name":"P"},"EventID":{"Qualifiers":"0","Value":"1"},"TimeCreated":{"SystemTime":"2026-11-23T12:00:00Z"},"Execution":{"ProcessID":"8"},"Channel":"CH"
            """, """{"Data":[{"#attributes":{"Name":"Image"},"#text":"i"},{"Name":"Process Id","Value":5}]}""") },
        { "fields first", $$$$"""{"Event":{"EventData":{"Image":{"#text":"i","#attributes":{"a":1}},"ProcessId":5},"System":{"Channel":"{{{{Sysmon}}}}","EventID":1,"Execution":{"ProcessID":8},"Provider":{"Name":"P"},"TimeCreated":{"SystemTime":"2026-11-23T12:00:00Z"} } } }""" },
        { "no Event around", $$$"""{"System":{"Channel":"{{{Sysmon}}}","EventID":1,"Execution":{"ProcessID":8},"Provider":{"Name":"P"},"TimeCreated":{"SystemTime":"2026-11-23T12:00:00Z"}},"EventData":{"Image":"i","ProcessId":5}}""" },
        { "winlogbeat", $$$"""{"@timestamp":"2026-11-23T12:00:00.000Z","winlog":{"channel":"{{{Sysmon}}}","event_id":"1","provider_name":"P","event_data":{"Image":"i","ProcessId":"5"},"Execution_ProcessID":8}}""" },
        { "flat", $$$"""{"Channel":"{{{Sysmon}}}","EventID":1,"SourceName":"P","EventTime":"2026-11-23 12:00:00","Image":"i","ProcessId":5,"Execution_ProcessID":8}""" },
    };

    [Theory]
    [MemberData(nameof(Exports))]
    public void One_event_is_the_same_in_every_export(string export, string text)
    {
        var read = Log.Event(text);
        Assert.Equal(new LogSource("windows", "process_creation", "sysmon"), read.Source);
        Assert.Equal(["i", "5", "1", "P"], new[] { "Image", "ProcessId", "EventID", "Provider_Name" }.Select(read.Value));
        Assert.Equal(Noon, read.Time);
        if (export != "winlogbeat")
            Assert.Equal("8", read.Value("Execution_ProcessID"));
    }

    [Theory]
    [InlineData("""["a","b"]""", "a, b")]
    [InlineData("""{"#text":["a","b"]}""", "a, b")]
    [InlineData("""{"#text":"a"}""", "a")]
    [InlineData("\"a\"", "a")]
    [InlineData("""[{"#text":"a"},{"#text":"b"}]""", "a, b")]
    [InlineData("null", null)]
    public void Data_without_names_is_a_list(string data, string? wanted) =>
        Assert.Equal(wanted, Log.Event("""{"Event":{"System":{"Channel":"Application","EventID":1},"EventData":{"Data":DATA,"Binary":null}}}""".Replace("DATA", data, StringComparison.Ordinal)).Value("Data"));

    [Fact]
    public void User_data_gives_its_inner_fields_which_go_before_the_headers()
    {
        var json = new JsonObject { ["Event"] = new JsonObject { ["System"] = Log.System("System", 104), ["UserData"] = JsonNode.Parse("""{"LogFileCleared":{"#attributes":{"xmlns":"x"},"Channel":"Windows PowerShell","EventID":5,"SubjectUserName":"bob"}}""") } };
        var read = Log.Event(json.ToJsonString());
        Assert.Equal(["Windows PowerShell", "104", "bob", null], new[] { "Channel", "EventID", "SubjectUserName", "LogFileCleared" }.Select(read.Value));
        Assert.Equal("system", read.Source.Service);
    }

    [Fact]
    public void An_event_without_fields_is_one()
    {
        var read = Log.Event("""{"Event":{"System":{"Channel":"System","EventID":7036},"EventData":null}}""");
        Assert.Equal(("7036", "system"), (read.Value("EventID"), read.Source.Service));
    }

    [Fact]
    public void A_channel_that_no_row_knows_is_counted_by_name()
    {
        var reader = Log.Reader(Log.Windows("Vendor/Own", 1, "a=b") + "{\"x\":1}");
        Assert.Equal(new LogSource("windows", null), reader.Next()!.Source);
        Assert.Equal("Vendor/Own", reader.Unknown);
        Assert.Equal(new LogSource(null, null), reader.Next()!.Source);
        Assert.Equal(2, reader.Unmapped);
    }

    [Theory]
    [InlineData("\"2026-11-23T12:00:00.123456789Z\"", "2026-11-23T12:00:00.1234567+00:00")]
    [InlineData("\"2026-11-23T12:00:00+02:00\"", "2026-11-23T10:00:00.0000000+00:00")]
    [InlineData("\"2026-11-23 12:00:00\"", "2026-11-23T12:00:00.0000000+00:00")]
    [InlineData("\"2026-11-23T12:00:00.5+00:00\"", "2026-11-23T12:00:00.5000000+00:00")]
    [InlineData("\"2026-11-23T12:00:00.Z\"", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("1795435200", "2026-11-23T12:00:00.0000000+00:00")]
    [InlineData("\"1795435200123456\"", "2026-11-23T12:00:00.1234560+00:00")]
    [InlineData("\"audit(1795435200.250:99): x\"", "2026-11-23T12:00:00.2500000+00:00")]
    [InlineData("\"0001-01-01T00:00:00Z\"", "0001-01-01T00:00:00.0000000+00:00")]
    [InlineData("\"2026-02-30T00:00:00Z\"", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("\"9999-99-99T99:99:99Z\"", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("\"tomorrow\"", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("1e300", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("-5", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("{\"a\":1}", "1970-01-01T00:00:00.0000000+00:00")]
    public void Times_are_read_as_logs_write_them(string time, string wanted) =>
        Assert.Equal(wanted, Log.Event($"{{\"time\":{time},\"n\":1}}").Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'+00:00'", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void An_event_without_a_time_has_that_of_the_one_before() =>
        Assert.Equal([Noon, Noon], Log.Events("{\"time\":\"2026-11-23T12:00:00Z\"}{\"n\":1}").Select(e => e.Time));

    private static string Wrap(string system, string data) => $$$"""{"Event":{"System":{ {{{system.Trim().Replace("CH", Sysmon, StringComparison.Ordinal)}}} },"EventData":{{{data}}} } }""";
}
