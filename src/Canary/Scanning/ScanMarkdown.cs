using System.Globalization;
using System.Text;
using Canary.Findings;
using Canary.Text;

namespace Canary.Scanning;

/// <summary>A job summary: what a person reads below a failed build.</summary>
internal sealed class ScanMarkdown : IScanFormat
{
    // A job summary of GitHub may have 1 MiB.
    private const int MostShown = 500;
    private const int MostPassed = 200;
    private const int MostNotes = 50;

    public string Name => "markdown";

    public void Write(TextWriter to, ScanReport report)
    {
        var counting = report.Counting.ToList();
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"## Canary: {counting.Count:N0} findings in {report.Inventory.Packages.Count:N0} packages of {report.Inventory.Files:N0} files"));
        to.WriteLine();
        if (report.IsNothing)
            to.WriteLine("**Nothing was scanned.** That is not the same as clean.\n");
        if (counting.Count > 0)
        {
            to.WriteLine("| level | finding | where | why | what to do |");
            to.WriteLine("|---|---|---|---|---|");
            foreach (var f in counting.Take(MostShown))
                to.WriteLine($"| {f.Rule.Level.Word()} | {Cell(f.Rule.Title)}: {Cell(f.Identity)} | {Place(f)} | {Cell(f.Why)} | {Cell(string.Join(' ', f.Do))} |");
            if (counting.Count > MostShown)
                to.WriteLine($"\n{counting.Count - MostShown} more are not shown here.");
        }

        Passed(to, [.. report.Findings.Where(f => f.Waived is not null)]);
        Besides(to, report);
    }

    private static void Passed(TextWriter to, IReadOnlyList<ScanFinding> waived)
    {
        if (waived.Count == 0)
            return;
        to.WriteLine($"\n<details><summary>{waived.Count} waived</summary>\n");
        to.WriteLine("| finding | where | by | until | reason |");
        to.WriteLine("|---|---|---|---|---|");
        foreach (var f in waived.Take(MostPassed))
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Cell(f.Rule.Title)}: {Cell(f.Identity)} | {Place(f)} | {Cell(f.Waived!.Owner)} | {f.Waived.Until:yyyy-MM-dd} | {Cell(f.Waived.Reason)} |"));
        to.WriteLine("\n</details>");
    }

    private static void Besides(TextWriter to, ScanReport report)
    {
        var lines = new List<string>();
        if (report.Comparison is { } comparison)
        {
            int existing = report.Findings.Count(f => f is { Existing: true, Waived: null });
            lines.Add($"Against {Cell(comparison.With)}: {existing} existing findings are not counted, {comparison.Gone} are gone. Packages: {comparison.Changes.Added.Count} added, {comparison.Changes.Removed.Count} removed, {comparison.Changes.Changed.Count} changed.");
        }

        lines.AddRange(report.Excluded.Select(e => string.Create(CultureInfo.InvariantCulture, $"Exclude {Cell(e.Glob)} left out {e.Files:N0} files.")));
        lines.AddRange(report.Notes.Select(Cell));
        if (lines.Count > 0)
            to.WriteLine();
        foreach (string line in lines.Take(MostNotes))
            to.WriteLine("- " + line);
    }

    private static string Place(ScanFinding finding) => Cell(finding.Line > 0 ? $"{finding.File}:{finding.Line}" : finding.File);

    /// <summary>Text that is text: whatever Markdown or HTML would make of it is escaped.</summary>
    private static string Cell(string text)
    {
        var cell = new StringBuilder();
        foreach (char c in Printable.Line(text, 300))
        {
            if (c is '<' or '>' or '&')
                cell.Append(c switch { '<' => "&lt;", '>' => "&gt;", _ => "&amp;" });
            else if (@"\`*_{}[]()#+-!|~@:".Contains(c) && c is not ('-' or ':' or '(' or ')' or '_'))
                cell.Append('\\').Append(c);
            else
                cell.Append(c);
        }

        return cell.ToString();
    }
}
