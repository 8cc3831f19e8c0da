using System.Globalization;
using Canary.Findings;
using Canary.Text;

namespace Canary.Scanning;

/// <summary>A scan for people: the worst first, each with its place, why it matters and what to do.</summary>
internal sealed class ScanText : IScanFormat
{
    private const int MostShown = 200;

    public string Name => "text";

    public void Write(TextWriter to, ScanReport report)
    {
        foreach (var finding in report.Findings.Take(MostShown))
        {
            string place = finding.File.Length == 0 ? report.Root : finding.Line > 0 ? $"{finding.File}:{finding.Line}" : finding.File;
            to.WriteLine(Printable.Line($"{finding.Rule.Level.Word().ToUpperInvariant()} {finding.Rule.Title}: {finding.Identity}", 400));
            to.WriteLine(Printable.Line($"  {place}", 400));
            to.WriteLine(Printable.Line($"  {finding.Why}", 600));
            foreach (string step in finding.Do)
                to.WriteLine(Printable.Line($"  → {step}", 400));
            to.WriteLine();
        }

        if (report.Findings.Count > MostShown)
            to.WriteLine($"… and {report.Findings.Count - MostShown} more findings; --format ndjson lists all");
        var inventory = report.Inventory;
        var counts = inventory.Packages.GroupBy(p => p.Ecosystem, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal);
        string ecosystems = string.Join(", ", counts.Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} {g.Count():N0}")));
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{inventory.Packages.Count:N0} packages in {inventory.Files:N0} files{(ecosystems.Length == 0 ? "" : $" ({ecosystems})")}, {report.Inspected?.Files ?? 0:N0} files of packages searched ({(report.Inspected?.Bytes ?? 0) / 1e6:N1} MB), {report.Findings.Count:N0} findings, {report.Seconds:0.00} s"));
        if (report.IsNothing)
            to.WriteLine("Nothing was scanned: no file that Canary knows names packages here. That is not the same as clean.");
    }
}
