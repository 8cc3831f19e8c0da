using Canary.Advisories;
using Canary.Findings;
using Canary.Inspection;
using Canary.Packages;

namespace Canary.Scanning;

/// <summary>What one scan found, judged.</summary>
internal sealed record ScanReport(string Root, Inventory Inventory, IReadOnlyList<ScanFinding> Findings)
{
    /// <summary>How long it took, start-up of the program left out.</summary>
    public double Seconds { get; init; }

    /// <summary>What the files in package folders said; null where they were not to be read.</summary>
    public Inspected? Inspected { get; init; }

    /// <summary>The rule by which something that could not be read is a finding.</summary>
    public static readonly RuleFacts Unread = new(
        "5a3a1b43-7d0e-4f0b-8b57-5d9f5a0a2c11", "scan_unread_file", "A file that names packages could not be read", Level.Medium, [],
        "What a scanner cannot read it cannot judge. A file that is broken on purpose hides what it names.", "Canary", [], []);

    /// <summary>From which level on a finding fails the scan.</summary>
    public Level FailOn { get; init; } = Level.High;

    /// <summary>No file was read at all, which is not the same as clean.</summary>
    public bool IsNothing => Inventory.Files == 0 && Inspected is not { Files: > 0 };

    public Level? Worst => Findings.Count == 0 ? null : Findings.Max(f => f.Rule.Level);

    /// <param name="more">Findings besides those of the index.</param>
    public static ScanReport Of(string root, Inventory inventory, IEnumerable<ScanFinding> more, KnownBad known, TimeProvider time)
    {
        var findings = new List<ScanFinding>(KnownBadFindings.Of(inventory, known, time));
        findings.AddRange(more);
        foreach (var part in inventory.UnreadParts)
            findings.Add(new ScanFinding(Unread, "config", part.File.Length == 0 ? "." : part.File, part.File, part.Line, part.Reason, ["Mend or delete the file, and scan again."]));
        if (inventory.Dropped > 0)
            findings.Add(new ScanFinding(Unread, "config", ".", "", 0, $"more than {Inventory.MostPackages:N0} packages; {inventory.Dropped:N0} were not looked at", ["Scan its parts one by one."]));
        findings.Sort((a, b) => b.Rule.Level != a.Rule.Level ? b.Rule.Level.CompareTo(a.Rule.Level)
            : a.File != b.File ? string.CompareOrdinal(a.File, b.File)
            : a.Line != b.Line ? a.Line.CompareTo(b.Line)
            : string.CompareOrdinal(a.Rule.Slug + a.Identity, b.Rule.Slug + b.Identity));
        return new ScanReport(root, inventory, findings);
    }
}
