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

    public string Name => "markdown";

    public void Write(TextWriter to, ScanReport report)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"## Canary: {report.Findings.Count:N0} findings in {report.Inventory.Packages.Count:N0} packages of {report.Inventory.Files:N0} files"));
        to.WriteLine();
        if (report.IsNothing)
            to.WriteLine("**Nothing was scanned.** That is not the same as clean.\n");
        if (report.Findings.Count == 0)
            return;
        to.WriteLine("| level | finding | where | why | what to do |");
        to.WriteLine("|---|---|---|---|---|");
        foreach (var f in report.Findings.Take(MostShown))
            to.WriteLine($"| {f.Rule.Level.Word()} | {Cell(f.Rule.Title)}: {Cell(f.Identity)} | {Cell(f.Line > 0 ? $"{f.File}:{f.Line}" : f.File)} | {Cell(f.Why)} | {Cell(string.Join(' ', f.Do))} |");
        if (report.Findings.Count > MostShown)
            to.WriteLine($"\n{report.Findings.Count - MostShown} more are not shown here.");
    }

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
