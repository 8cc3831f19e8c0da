using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Canary.Commands;
using Canary.Findings;
using Canary.Rules;
using Canary.Tests.Replay;
using Canary.Tests.Support;
using Canary.Watching;
using Xunit;

namespace Canary.Tests.Commands;

[Collection(Alone.Name)]
public sealed class ReplayCommandTests : IDisposable
{
    private const string Sysmon = "Microsoft-Windows-Sysmon/Operational";
    private const string Rule = """
        title: Curl
        id: 5f0c6a3e-5d0b-4f59-9a55-000000000001
        author: Somebody
        level: high
        logsource: {product: windows, category: process_creation}
        detection: {s: {Image|endswith: \curl.exe}, condition: s}
        """;

    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_match_is_a_line_and_the_summary_the_last()
    {
        string log = Write("log.json", Log.Windows(Sysmon, 1, "Image=C:\\x.exe") + "\n" + Log.Windows(Sysmon, 1, "Image=C:\\curl.exe", "CommandLine=curl -H \"Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123\"") + "\n");
        var (code, output, _) = await Run("--json", log);
        Assert.Equal(ExitCode.Clean, code);
        string[] lines = Lines(output);
        Assert.Equal(
            $$"""{"kind":"match","rule":"5f0c6a3e-5d0b-4f59-9a55-000000000001","title":"Curl","file":{{JsonSerializer.Serialize(log)}},"event":1,"slug":"r","level":"high","time":"2026-11-23T12:00:00.123Z","line":2,"author":"Somebody","tags":[],"matched":[{"field":"Image","value":"C:\\curl.exe","by":"s"}]}""",
            lines[0]);
        var summary = JsonDocument.Parse(lines[1]).RootElement;
        Assert.Equal(("summary", 2, 1, 0, 1), (summary.GetProperty("kind").GetString(), Number(summary, "events"), Number(summary, "matches"), Number(summary, "unread"), Number(summary, "files")));
    }

    [Fact]
    public async Task Several_files_each_have_their_own_numbers()
    {
        string one = Write("1.json", Log.Windows(Sysmon, 1, "Image=C:\\curl.exe")), two = Write("2.json", "[" + Log.Windows(Sysmon, 1, "Image=C:\\curl.exe") + "]");
        var (_, output, _) = await Run("--json", one, two);
        Assert.Equal([(one, 0), (two, 0)], Lines(output)[..2].Select(l => JsonDocument.Parse(l).RootElement).Select(m => (m.GetProperty("file").GetString()!, Number(m, "event"))));
    }

    [Theory]
    [InlineData(null, ExitCode.Clean)]
    [InlineData("high", ExitCode.Findings)]
    [InlineData("critical", ExitCode.Clean)]
    public async Task Matches_fail_only_where_that_is_asked(string? level, int wanted)
    {
        string log = Write("log.json", Log.Windows(Sysmon, 1, "Image=C:\\curl.exe"));
        Assert.Equal(wanted, (await Run(level is null ? [log] : ["--fail-on", level, log])).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"kind\":\"ready\",\"sensors\":[]}")]
    [InlineData("{\"n\":")]
    [InlineData("{\"n\":1}\n{!}\n")]
    public async Task Nothing_read_or_not_all_is_exit_3(string text)
    {
        string log = Write("log.json", text);
        var (code, _, errors) = await Run("--fail-on", "low", log);
        Assert.Equal(ExitCode.Unread, code);
        Assert.StartsWith(log + ":", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_opened_is_told_and_the_others_are_read()
    {
        string log = Write("log.json", Log.Windows(Sysmon, 1, "Image=C:\\curl.exe"));
        var (code, output, errors) = await Run("--json", _home.At("none.json"), _home.Path, log);
        Assert.Equal((ExitCode.Unread, ""), (code, errors));
        Assert.Equal(["diagnostic", "diagnostic", "match", "summary"], Lines(output).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("kind").GetString()));
        Assert.Contains("it is a directory", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_read_is_counted_to_the_end()
    {
        string log = Write("log.json", "{\"n\":1}\n" + string.Concat(Enumerable.Repeat("{!}\n", 300)) + "{\"kind\":\"ready\"}\n");
        var summary = JsonDocument.Parse(Lines((await Run("--json", log)).Output)[^1]).RootElement;
        Assert.Equal((1, 300, 1, 1), (Number(summary, "events"), Number(summary, "unread"), Number(summary, "skipped"), Number(summary, "unmapped")));
        Assert.Contains(log + ": 200 more places that could not be read", (await Run(log)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Escape_sequences_reach_no_terminal()
    {
        string evil = "C:\\\u001b[31m\u202e\\curl.exe";
        string log = Write("evil\u001b[2J.json", Log.Windows(Sysmon, 1, "Image=" + evil) + "\n{\"\u001b[31m\n" + Log.Windows("Chan\u001bnel", 1, "a=b"));
        var (_, output, errors) = await Run(log);
        Assert.DoesNotContain('\u001b', output + errors);
        Assert.DoesNotContain('\u202e', output + errors);
        Assert.Contains("Image: C:\\\\x1b[31m\\u{202e}\\curl.exe", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', (await Run("--json", log)).Output);
    }

    [Fact]
    public async Task Stats_and_progress_are_for_standard_error()
    {
        string log = Write("log.json", Log.Windows(Sysmon, 1, "Image=C:\\curl.exe"));
        var (_, output, errors) = await Run("--stats", "--verify-index", "--quiet", log);
        Assert.Matches(@"^events 1 seconds \d+\.\d{3} events_per_second \d+\r?\n$", errors);
        Assert.StartsWith("HIGH 2026-11-23T12:00:00.123Z Curl (r)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_faulty_rule_is_exit_2_only_when_strict()
    {
        string log = Write("log.json", Log.Windows(Sysmon, 1, "Image=C:\\curl.exe"));
        Write("rules/bad.yml", "title: Bad");
        var (code, _, errors) = await Run(log);
        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains("rules refused: 1, not supported: 0", errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await Run("--strict", log)).Code);
    }

    [Fact]
    public async Task A_disabled_rule_and_a_placeholder_are_as_in_watch()
    {
        string log = Write("log.json", Log.Windows(Sysmon, 1, "Image=C:\\curl.exe", "User=root"));
        Write("rules/p.yml", Rule.Replace("Curl", "Root").Replace("-000000000001", "-000000000002").Replace(@"Image|endswith: \curl.exe", "User|expand: '%admins%'"));
        Write("canary.yml", "rules: {disable: [r], placeholders: {admins: [root]}}");
        var (_, output, _) = await Run("--json", "--config", _home.At("canary.yml"), log);
        Assert.Equal(["Root"], Lines(output)[..^1].Select(l => JsonDocument.Parse(l).RootElement.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task A_user_adds_rows_to_the_table_and_every_fault_of_them_is_exit_2()
    {
        string log = Write("log.json", Log.Windows("Vendor/Own", 5, "exe=C:\\curl.exe") + Log.Windows(Sysmon, 1, "Image=C:\\curl.exe") + "{\"proc\":\"C:\\\\curl.exe\",\"src\":\"edr\"}");
        string rows = Write("rows.yml", "channels: [{channel: [Vendor/Own], events: [{id: 5, category: process_creation, fields: {Image: exe}}]}]\nrecords: [{when: {src: [edr]}, product: windows, category: process_creation, fields: {Image: proc}}]");
        Assert.Equal(2, Lines((await Run("--json", log)).Output).Length);
        Assert.Equal(4, Lines((await Run("--json", "--logsources", rows, log)).Output).Length);
        string wrong = Write("wrong.yml", "channels: [{chanel: X}]\nrows: []");
        var (code, _, errors) = await Run("--logsources", wrong, log);
        Assert.Equal((ExitCode.Usage, $"{wrong}:2:1: unknown key 'rows'\n{wrong}:1:13: unknown key 'chanel'; did you mean 'channel'?\n{wrong}:1:12: a row needs 'channel' or 'provider', or it fits nothing in particular\n"), (code, errors.ReplaceLineEndings("\n")));
        Assert.Equal(ExitCode.Usage, (await Run("--logsources", _home.At("none.yml"), log)).Code);
    }

    [Fact]
    public async Task Asked_to_stop_it_says_what_was_seen()
    {
        string log = Write("log.json", "");
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        var (code, output, _) = await Run(cancel.Token, "--json", log);
        Assert.Equal(ExitCode.Clean, code);
        Assert.True(JsonDocument.Parse(Lines(output)[^1]).RootElement.GetProperty("stopped").GetBoolean());
    }

    /// <summary>The shipped rules' own cases, written as `watch --record` writes events, match as they do live: lineage, sequences and all.</summary>
    [Fact]
    public async Task What_watch_records_matches_as_it_did_live()
    {
        var book = RuleLoader.Load(RuleSources.BuiltIn()).Book;
        var live = new RuleEngine(book);
        var (wanted, findings) = (new List<string>(), new List<Finding>());
        string file = _home.At("recorded.ndjson");
        using (var record = new EventRecord(file))
        {
            int number = 0;
            foreach (var e in book.Rules.SelectMany(r => r.Cases).SelectMany(c => c.Events))
            {
                // Hours between them, or cases would make sequences with each other.
                var subject = new RecordSubject(e.Source, e.Fields, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(number) + e.After, e.Session + (number / 7));
                record.Write(subject);
                live.Evaluate(subject, findings);
                wanted.AddRange(findings.Select(f => $"{number} {f.Rule.Slug}"));
                findings.Clear();
                number++;
            }
        }

        Assert.InRange(wanted.Count, 50, int.MaxValue);
        using var zipped = File.Create(file + ".gz");
        using (var zip = new GZipStream(zipped, CompressionMode.Compress))
            zip.Write(File.ReadAllBytes(file));
        foreach (string log in new[] { file, file + ".gz" })
        {
            var output = new StringWriter();
            Assert.Equal(ExitCode.Clean, await CommandLine.RunAsync(["replay", "--json", "--verify-index", log], output, TextWriter.Null));
            Assert.Equal(wanted, Lines(output.ToString())[..^1].Select(l => JsonDocument.Parse(l).RootElement).Select(m => $"{Number(m, "event")} {m.GetProperty("slug").GetString()}"));
        }
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_log()
    {
        string line = Log.Windows(Sysmon, 1, "Image=C:\\x.exe", "CommandLine=" + new string('a', 500)) + "\n";
        string log = Write("long.json", string.Concat(Enumerable.Repeat(line, 60_000)));
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0;
        using var cancel = new CancellationTokenSource();
        var run = Run(cancel.Token, "--quiet", log);
        while (!run.IsCompleted)
        {
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
            await Task.Delay(5, CancellationToken.None);
        }

        Assert.Equal(ExitCode.Clean, (await run).Code);
        Assert.InRange(most - before, long.MinValue, new FileInfo(log).Length / 2);
    }

    private string Write(string name, string text)
    {
        string path = _home.At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }

    private Task<(int Code, string Output, string Errors)> Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    private async Task<(int Code, string Output, string Errors)> Run(CancellationToken cancel, params string[] arguments)
    {
        Write("rules/r.yml", Rule);
        var (output, errors) = (new StringWriter(), new StringWriter());
        int code = await CommandLine.RunAsync(["replay", "--no-default-rules", "--rules", _home.At("rules"), .. arguments], output, errors, cancel);
        return (code, output.ToString(), errors.ToString());
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
