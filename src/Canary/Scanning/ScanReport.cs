using Canary.Findings;
using Canary.Gating;
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

    /// <summary>Globs that left something out, and how many files.</summary>
    public IReadOnlyList<(string Glob, long Files)> Excluded { get; init; } = [];

    /// <summary>Models were to be held against a lock, and there is no sound one.</summary>
    public bool LacksLock { get; init; }

    /// <summary>What it was compared with; null for nothing.</summary>
    public ScanComparison? Comparison { get; init; }

    /// <summary>What a reader should know besides: settings that were not followed, a base that is not whole.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What is neither waived nor known from before.</summary>
    public IEnumerable<ScanFinding> Counting => Findings.Where(f => f.Counts);

    /// <summary>The worst of what counts.</summary>
    public Level? Worst => Counting.Select(f => (Level?)f.Rule.Level).Max();

    /// <summary>Something was not read, and nobody answers for it.</summary>
    public bool IsIncomplete => Inventory.Dropped > 0 || IsNothing || Counting.Any(f => f.IsUnread);

    /// <summary>What the paths of findings start from.</summary>
    public string Directory => File.Exists(Root) ? Path.GetDirectoryName(Root)! : Root;

    /// <param name="more">Findings besides those of the index.</param>
    /// <param name="bad">Those of the index, looked up meanwhile.</param>
    public static ScanReport Of(string root, Inventory inventory, IEnumerable<ScanFinding> more, Task<List<ScanFinding>> bad)
    {
        var findings = more.ToList();
        findings.AddRange(bad.GetAwaiter().GetResult());
        foreach (var part in inventory.UnreadParts)
            findings.Add(new ScanFinding(Unread, "config", part.File.Length == 0 ? "." : part.File, part.File, part.Line, part.Reason, ["Mend or delete the file, and scan again."]));
        if (inventory.Dropped > 0)
            findings.Add(new ScanFinding(Unread, "config", ".", "", 0, $"more than {Inventory.MostPackages:N0} packages; {inventory.Dropped:N0} were not looked at", ["Scan its parts one by one."]));
        return new ScanReport(root, inventory, Sorted(findings));
    }

    /// <summary>The worst first.</summary>
    public static IReadOnlyList<ScanFinding> Sorted(IEnumerable<ScanFinding> findings)
    {
        var sorted = findings.ToList();
        sorted.Sort((a, b) => b.Rule.Level != a.Rule.Level ? b.Rule.Level.CompareTo(a.Rule.Level)
            : a.File != b.File ? string.CompareOrdinal(a.File, b.File)
            : a.Line != b.Line ? a.Line.CompareTo(b.Line)
            : string.CompareOrdinal(a.Rule.Slug + a.Identity, b.Rule.Slug + b.Identity));
        return sorted;
    }
}

/// <param name="With">What was compared with, as people call it.</param>
/// <param name="Gone">Findings that were there and are no more.</param>
internal sealed record ScanComparison(string With, int Gone, PackageChanges Changes);
