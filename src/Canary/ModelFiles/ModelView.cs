using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Canary.Commands;
using Canary.Findings;
using Canary.Models;
using Canary.Scanning;
using Canary.Text;

namespace Canary.ModelFiles;

/// <summary>What the commands about models write: a line for each file as it is done, then the findings, the worst first, then the summary.</summary>
internal sealed class ModelView(ParseResult parsed)
{
    private const int MostShown = 200;

    private readonly TextWriter _to = parsed.InvocationConfiguration.Output;
    private readonly bool _json = parsed.GetValue(GlobalOptions.Json);
    private readonly bool _quiet = parsed.GetValue(GlobalOptions.Quiet);
    private readonly ScanShapes _shapes = new();
    private readonly List<ScanFinding> _findings = [];

    public IReadOnlyList<ScanFinding> Findings => _findings;

    public int Files { get; private set; }

    public bool IsIncomplete => _findings.Exists(f => f.Rule == ModelRules.Unread);

    public void Model(ModelVerdict verdict, string format, long size, string path, string? note, Action<Utf8JsonWriter> fields)
    {
        Files++;
        if (_json)
            _to.WriteLine(JsonLine.Of("model", fields));
        else if (!_quiet || verdict != ModelVerdict.Allow)
            _to.WriteLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"{verdict.Word(),-7} {format,-12} {ByteSize.Write(size),10}  {path}{(note is null ? "" : "  " + note)}"), 600));
    }

    /// <summary>Shown at once as NDJSON; for people when all are known.</summary>
    public void Finding(ScanFinding finding)
    {
        _findings.Add(finding);
        if (_json)
            _to.WriteLine(JsonLine.Of("finding", w => _shapes.Fields(w, finding)));
    }

    /// <summary>Something for people besides, which NDJSON says in its fields.</summary>
    public void Note(string text)
    {
        if (!_json && !_quiet)
            _to.WriteLine(Printable.Line(text, 1000));
    }

    /// <returns>The exit code: 3 where something was not read or nothing was, 1 where a finding fails it.</returns>
    public int Close(Level failOn, double seconds, string nothing, Action<Utf8JsonWriter>? more = null)
    {
        if (_json)
        {
            _to.WriteLine(JsonLine.Of("summary", w =>
            {
                w.WriteNumber("alerts", 0);
                w.WriteNumber("findings", _findings.Count);
                w.WriteNumber("files", Files);
                w.WriteNumber("packages", 0);
                w.WriteNumber("lost", 0);
                w.WriteNumber("seconds", Math.Round(seconds, 3));
                w.WriteNumber("unread", _findings.Count(f => f.Rule == ModelRules.Unread));
                more?.Invoke(w);
            }));
        }
        else
        {
            Tell(seconds);
            if (Files == 0)
                _to.WriteLine(nothing);
        }

        return Files == 0 || IsIncomplete ? ExitCode.Unread : _findings.Exists(f => f.Rule.Level >= failOn) ? ExitCode.Findings : ExitCode.Clean;
    }

    private void Tell(double seconds)
    {
        if (_findings.Count > 0)
            _to.WriteLine();
        foreach (var finding in ScanReport.Sorted(_findings).Take(MostShown))
        {
            _to.WriteLine(Printable.Line($"{finding.Rule.Level.Word().ToUpperInvariant()} {finding.Rule.Title}: {finding.Identity}", 400));
            _to.WriteLine("  " + Printable.Line(finding.Why, 600));
            foreach (string step in finding.Do)
                _to.WriteLine(Printable.Line($"  → {step}", 400));
            _to.WriteLine();
        }

        if (_findings.Count > MostShown)
            _to.WriteLine($"… and {_findings.Count - MostShown} more; --json lists all");
        if (!_quiet)
            _to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Files:N0} file{(Files == 1 ? "" : "s")}, {_findings.Count:N0} finding{(_findings.Count == 1 ? "" : "s")}, {seconds:0.00} s"));
    }
}
