using System.Globalization;
using Canary.Alerts.Redaction;
using Canary.Commands;
using Canary.Findings;
using Canary.Replaying;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Views;

/// <summary>What `replay` shows: matches on standard output, everything else on standard error. Secrets are taken out as in alerts.</summary>
/// <param name="json">Matches, faults and the summary as NDJSON.</param>
/// <param name="shows">Standard error is a terminal, which has a place for numbers that change.</param>
internal sealed class ReplayView(TextWriter output, TextWriter error, bool json, bool quiet, bool shows)
{
    private const int MostValue = 4096;
    private const int MostShown = 300;
    private const string ClearLine = "\r\x1b[K";

    private readonly Redactor _redactor = new();
    private bool _progress;

    public void Match(Finding finding, string file, long index, long line)
    {
        Clear();
        if (json)
            output.WriteLine(AsJson(finding, file, index, line));
        else
            Write(finding, file, index, line);
    }

    public void Fault(Diagnostic fault)
    {
        Clear();
        if (json)
            output.WriteLine(RulesCheck.AsJson(fault));
        else
            error.WriteLine(RulesCheck.Line(fault));
    }

    public void Note(string text)
    {
        if (quiet)
            return;
        Clear();
        error.WriteLine(Printable.Line(text, 1000));
    }

    /// <param name="part">Of the file, from 0 to 1; null for a pipe.</param>
    public void Progress(string file, double? part, long events, double rate, long matches)
    {
        if (!shows)
            return;
        _progress = true;
        string done = part is { } p ? string.Create(CultureInfo.InvariantCulture, $" {100 * Math.Min(p, 1):0} %") : "";
        error.Write(ClearLine + Printable.Line(Path.GetFileName(file), 40) + done + string.Create(
            CultureInfo.InvariantCulture, $"  {events} events, {rate:0} a second, {matches} matches"));
    }

    public void Summary(ReplaySummary s)
    {
        Clear();
        if (json)
        {
            output.WriteLine(AsJson(s));
            return;
        }

        if (quiet)
            return;
        error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{s.Events} events, {s.Matches} matches, {s.Files} files, {s.Unread} unread, {s.Seconds:0.0} s{(s.Stopped ? "; stopped before the end" : "")}"));
        if (s.Unmapped > 0)
            error.WriteLine(Printable.Line($"{s.Unmapped} events have no log source that Sigma knows ({Names(s)}): only rules that name none saw them", 600));
        if (s.SlowExpressions > 0)
            error.WriteLine($"{s.SlowExpressions} regular expressions of rules went on in linear time: some text took them past their limit");
        if (s.Skipped > 0)
            error.WriteLine($"{s.Skipped} lines are no events");
        if (s.Evicted > 0)
            error.WriteLine($"{s.Evicted} groups of sequences and correlations were forgotten for want of room");
    }

    private static string Names(ReplaySummary s)
    {
        string names = string.Join(", ", s.Unknown.Take(5).Select(u => $"{u.Key}: {u.Value}"));
        return s.Unknown.Count > 5 ? names + ", …" : names;
    }

    private void Write(Finding finding, string file, long index, long line)
    {
        var rule = finding.Rule;
        output.WriteLine(Printable.Line($"{rule.Level.Word().ToUpperInvariant()} {Time(finding.Subject.Time)} {rule.Title} ({rule.Slug})", 500));
        output.WriteLine(Printable.Line($"    {file}: event {index}, line {line}", 1000));
        foreach (var matched in finding.Matched)
            output.WriteLine(Printable.Line($"    {matched.Field}: {Value(matched)}", MostShown));
        if (finding.Evidence.Count > 0)
            output.WriteLine($"    after {finding.Evidence.Count} earlier event{(finding.Evidence.Count == 1 ? "" : "s")}, the first at {Time(finding.Evidence[0].Time)}");
    }

    private string AsJson(Finding finding, string file, long index, long line) => JsonLine.Of("match", w =>
    {
        var rule = finding.Rule;
        w.WriteString("rule", rule.Id);
        w.WriteString("title", rule.Title);
        w.WriteString("file", file);
        w.WriteNumber("event", index);
        w.WriteString("slug", rule.Slug);
        w.WriteString("level", rule.Level.Word());
        w.WriteString("time", Time(finding.Subject.Time));
        w.WriteNumber("line", line);
        if (rule.Author is not null)
            w.WriteString("author", rule.Author);
        w.WriteStartArray("tags");
        foreach (string tag in rule.Tags)
            w.WriteStringValue(tag);
        w.WriteEndArray();
        w.WriteStartArray("matched");
        foreach (var matched in finding.Matched)
        {
            w.WriteStartObject();
            w.WriteString("field", matched.Field);
            w.WriteString("value", Value(matched));
            w.WriteString("by", matched.By);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        if (finding.Evidence.Count > 0)
            w.WriteNumber("evidence", finding.Evidence.Count);
    });

    private static string AsJson(ReplaySummary s) => JsonLine.Of("summary", w =>
    {
        w.WriteNumber("alerts", 0);
        w.WriteNumber("findings", s.Matches);
        w.WriteNumber("files", s.Files);
        w.WriteNumber("packages", 0);
        w.WriteNumber("lost", s.Unread);
        w.WriteNumber("seconds", Math.Round(s.Seconds, 3));
        w.WriteNumber("events", s.Events);
        w.WriteNumber("matches", s.Matches);
        w.WriteNumber("unread", s.Unread);
        w.WriteNumber("skipped", s.Skipped);
        w.WriteNumber("unmapped", s.Unmapped);
        w.WriteNumber("evicted", s.Evicted);
        w.WriteNumber("late", s.Late);
        w.WriteNumber("disagreements", s.Disagreements);
        w.WriteNumber("slow_expressions", s.SlowExpressions);
        w.WriteBoolean("stopped", s.Stopped);
    });

    private string Value(MatchedField matched) =>
        _redactor.Redact(matched.Value.Length <= MostValue ? matched.Value : matched.Value[..MostValue] + "…");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private void Clear()
    {
        if (_progress)
            error.Write(ClearLine);
        _progress = false;
    }
}
