using System.Globalization;
using Canary.Findings;
using Canary.Text;

namespace Canary.Scanning;

/// <summary>A scan for people: the worst first, each with its places, why it matters and what to do; then what does not count, and why.</summary>
internal sealed class ScanText : IScanFormat
{
    private const int MostShown = 200;
    private const int MostPlaces = 5;
    private const int MostWaivers = 50;
    private const int MostChanges = 20;

    public string Name => "text";

    public void Write(TextWriter to, ScanReport report)
    {
        // One thing to do is told once, with all the places where it stands.
        var groups = report.Counting.GroupBy(f => (f.Rule.Id, f.Identity, f.Why)).ToList();
        foreach (var group in groups.Take(MostShown))
            Group(to, report, [.. group]);
        if (groups.Count > MostShown)
            to.WriteLine($"… and {groups.Count - MostShown} more; --format ndjson lists all");
        Passed(to, report);
        Closing(to, report);
    }

    private static void Group(TextWriter to, ScanReport report, IReadOnlyList<ScanFinding> findings)
    {
        var first = findings[0];
        to.WriteLine(Printable.Line($"{first.Rule.Level.Word().ToUpperInvariant()} {first.Rule.Title}: {first.Identity}", 400));
        foreach (var finding in findings.Take(MostPlaces))
            to.WriteLine(Printable.Line($"  at {(finding.File.Length == 0 ? report.Root : finding.Line > 0 ? $"{finding.File}:{finding.Line}" : finding.File)}", 400));
        if (findings.Count > MostPlaces)
            to.WriteLine($"  and {findings.Count - MostPlaces} more places");
        to.WriteLine("  " + Printable.Line(first.Why, 600));
        foreach (string step in first.Do)
            to.WriteLine(Printable.Line($"  → {step}", 400));
        to.WriteLine();
    }

    private static void Passed(TextWriter to, ScanReport report)
    {
        var waived = report.Findings.Where(f => f.Waived is not null).ToList();
        if (waived.Count > 0)
            to.WriteLine($"{waived.Count} waived finding{(waived.Count == 1 ? "" : "s")}:");
        foreach (var group in waived.GroupBy(f => (f.Rule.Slug, f.Waived!)).Take(MostWaivers))
        {
            var (slug, waiver) = group.Key;
            to.WriteLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"  {group.Count()} {slug}, by {waiver.Owner} until {waiver.Until:yyyy-MM-dd} ({waiver.Place}): {waiver.Reason}"), 400));
        }

        int existing = report.Findings.Count(f => f is { Existing: true, Waived: null });
        if (report.Comparison is not { } comparison)
            return;
        to.WriteLine(Printable.Line($"against {comparison.With}: {existing} existing finding{(existing == 1 ? "" : "s")} not counted, {comparison.Gone} gone; packages: {comparison.Changes.Added.Count} added, {comparison.Changes.Removed.Count} removed, {comparison.Changes.Changed.Count} changed", 400));
        foreach (var (word, change) in comparison.Changes.All.Take(MostChanges))
            to.WriteLine(Printable.Line($"  {word} {change.Package} {string.Join(", ", change.Was)}{(change.Was.Count > 0 && change.Is.Count > 0 ? " → " : "")}{string.Join(", ", change.Is)}", 400));
        if (comparison.Changes.All.Skip(MostChanges).Any())
            to.WriteLine("  … --format ndjson lists all");
    }

    private static void Closing(TextWriter to, ScanReport report)
    {
        foreach (var (glob, files) in report.Excluded)
            to.WriteLine(Printable.Line(files == 0 ? $"exclude '{glob}' left nothing out: remove it" : string.Create(CultureInfo.InvariantCulture, $"exclude '{glob}' left out {files:N0} files"), 400));
        foreach (string note in report.Notes)
            to.WriteLine("note: " + Printable.Line(note, 600));
        var inventory = report.Inventory;
        var counts = inventory.Packages.GroupBy(p => p.Ecosystem, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal);
        string ecosystems = string.Join(", ", counts.Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} {g.Count():N0}")));
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{inventory.Packages.Count:N0} packages in {inventory.Files:N0} files{(ecosystems.Length == 0 ? "" : $" ({ecosystems})")}, {report.Inspected?.Files ?? 0:N0} files of packages searched ({(report.Inspected?.Bytes ?? 0) / 1e6:N1} MB), {report.Counting.Count():N0} findings, {report.Seconds:0.00} s"));
        if (report.IsNothing)
            to.WriteLine("Nothing was scanned: no file that Canary knows names packages here. That is not the same as clean.");
    }
}
