using Canary.Findings;
using Canary.Inspection;
using Canary.Rules;

namespace Canary.Scanning;

/// <summary>What the YAML rules of packages say of a tree.</summary>
internal static class RuleFindings
{
    private const int MostExcerpt = 160;

    private static readonly RuleFacts Payload = new(
        "c5b1a5f2-6f0f-4c55-9a0e-0d9d6f6a9b31", "known_payload", "A file of a known attack", Level.Critical, ["attack.t1195.002", "attack.t1204"],
        "This file is, byte for byte, one that a known attack leaves in packages.", "Canary", [], []);

    /// <summary>The rule by which a file of a package that could not be read is a finding.</summary>
    public static readonly RuleFacts Unread = new(
        "2f7c1c0e-52d7-4a0c-8a6b-8a2d7c1f5e64", "scan_unread_content", "A file of a package could not be read", Level.Medium, [],
        "What cannot be read cannot be judged.", "Canary", [], []);

    private static readonly RuleFacts Partial = new(
        "9d0f3c57-3b0e-4c7e-8d8f-4f3a1e2b6c70", "scan_partial_content", "Only the beginning of a file was searched", Level.Low, [],
        "Its digest was compared with those of known payloads; rules saw its first part only.", "Canary", [], []);

    // So many packages are worth a thread.
    private const int Share = 500;

    /// <summary>Of the packages that files name, in their order.</summary>
    public static IEnumerable<ScanFinding> Of(JudgedPackages packages, RuleBook book, TimeProvider time, CancellationToken cancel)
    {
        // A rule that joins several packages has to see all of them, one after the other.
        int shares = book.Joins(PackageSubject.Log) ? 1 : Math.Clamp(packages.Count / Share, 1, Environment.ProcessorCount);
        var found = new List<ScanFinding>[shares];
        if (shares == 1)
            found[0] = Part(0);
        else
            Parallel.For(0, shares, new ParallelOptions { CancellationToken = cancel }, share => found[share] = Part(share));
        return found.SelectMany(f => f);

        List<ScanFinding> Part(int share)
        {
            var engine = new RuleEngine(book, time);
            var holding = new List<Finding>();
            var told = new List<ScanFinding>();
            int end = (int)((long)packages.Count * (share + 1) / shares);
            for (int i = (int)((long)packages.Count * share / shares); i < end; i++)
            {
                var package = packages.At(i);
                engine.Evaluate(package, holding);
                foreach (var finding in holding)
                    told.Add(Of(finding, package.Entry.File, package.Entry.Line));
                holding.Clear();
            }

            return told;
        }
    }

    /// <summary>Of the files in package folders.</summary>
    public static IEnumerable<ScanFinding> Of(Inspected inspected)
    {
        foreach (var finding in inspected.Findings)
        {
            var file = (PackageFile)finding.Subject;
            int? at = finding.Matched.FirstOrDefault(m => m.At is not null)?.At;
            yield return Of(finding, file.Path, at is { } offset && file.Facts.Text is { } text ? 1 + text.AsSpan(0, offset).Count('\n') : 0);
        }

        foreach (var hit in inspected.Payloads)
        {
            yield return new ScanFinding(
                Payload, "package", $"{hit.Folder.Purl ?? hit.Path}#{hit.Folder.Within(hit.Path)}", hit.Path, 0,
                $"its SHA-256 is that of {hit.Payload.File} of {hit.Payload.Campaign}", KnownBadFindings.WhatToDo)
            {
                Matched = [new MatchedField("Sha256", hit.Sha256, hit.Payload.Campaign)],
            };
        }

        foreach (var (path, reason) in inspected.Unread)
            yield return new ScanFinding(Unread, "package", path, path, 0, "cannot be read: " + reason, ["Scan as a user that may read it."]);
        foreach (string path in inspected.Partial)
            yield return new ScanFinding(Partial, "package", path, path, 0, $"larger than {FileInspection.MostSearched / 1024 / 1024} MiB", []);
    }

    internal static ScanFinding Of(Finding finding, string file, int line)
    {
        // The content says more than the name that it was looked for under.
        var shown = finding.Matched.FirstOrDefault(m => m.At is not null) ?? finding.Matched.FirstOrDefault(m => m.Field is "Scripts" or "Anomalies" or "Likeness" or "LooksLike" or "Imports" or "HiddenText");
        string why = finding.Rule.Why?.TrimEnd() ?? finding.Rule.Title;
        if (shown is not null)
            why += " Here: " + Excerpt(shown.Value);
        if (finding.Evidence.Count > 0)
            why += $" With: {string.Join(", ", finding.Evidence.Take(4).OfType<PackageFile>().Select(f => f.Path))}";
        return new ScanFinding(
            finding.Rule, finding.Subject.Type, finding.Subject.Identity, file, line, why,
            finding.Rule.Level == Level.Critical ? KnownBadFindings.WhatToDo : finding.Rule.Level == Level.High ? ["Install and run nothing from here until somebody has read it."] : [])
        {
            Matched = finding.Matched,
        };
    }

    // Code is indented and broken into lines; one line of a report has no room for that.
    internal static string Excerpt(string text)
    {
        string line = string.Join(' ', text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return line.Length > MostExcerpt ? line[..MostExcerpt] + "…" : line;
    }
}
