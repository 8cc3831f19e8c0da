using Canary.Findings;
using Canary.Rules;
using Canary.Surface;

namespace Canary.Scanning;

/// <summary>What the YAML rules say of a tree's instructions to agents, editors and CI.</summary>
internal static class SurfaceFindings
{
    private static readonly string[] WhatToDo = ["Open this tree in no agent and no editor that trusts it, and run none of its workflows, until somebody has read this place."];

    /// <summary>Evaluated at once.</summary>
    public static IReadOnlyList<ScanFinding> Of(SurfaceEntries entries, ScanRules rules, TimeProvider time)
    {
        if (entries.All.Count == 0)
            return [];
        var engine = new RuleEngine(rules.All, time);
        var found = new List<Finding>();
        var findings = new List<ScanFinding>();
        foreach (var entry in entries.All)
        {
            engine.Evaluate(entry, found);
            foreach (var finding in found)
            {
                var told = RuleFindings.Of(finding, entry.Facts.File, Line(entry.Facts, finding)) with { Why = Why(entry.Facts, finding) };
                findings.Add(finding.Rule.Level == Level.High ? told with { Do = WhatToDo } : told);
            }

            found.Clear();
        }

        return findings;
    }

    private static string Why(ConfigFacts facts, Finding finding)
    {
        string why = finding.Rule.Why?.TrimEnd() ?? finding.Rule.Title;
        string? what = IsHidden(finding) && facts.Hidden is { } hidden ? $"{hidden.Characters} characters that say '{hidden.Decoded}'"
            : facts.Setting is null && Text(finding) is { } text ? text.Value
            : What(facts);
        return what is null ? why : $"{why} Here: {RuleFindings.Excerpt(what)}";
    }

    // A rule that asks for a kind and a version shows neither what is run nor where it leads.
    private static string? What(ConfigFacts facts)
    {
        if (facts.CommandLine is not null || facts.Uses is not null)
            return facts.CommandLine ?? facts.Uses;
        string? value = facts.Url ?? (facts.Setting is null ? null : facts.Content);
        return facts.Setting is null ? value ?? (facts.EnvironmentNames is [var name, ..] ? name : null) : value is null ? facts.Setting : $"{facts.Setting} = {value}";
    }

    private static bool IsHidden(Finding finding) => finding.Matched.Any(m => m.Field is "HiddenText" or "HiddenCharacters");

    private static MatchedField? Text(Finding finding) => finding.Matched.FirstOrDefault(m => m is { Field: "Content", At: not null });

    private static int Line(ConfigFacts facts, Finding finding)
    {
        if (facts.Content is not { } content)
            return facts.Line;
        int? at = IsHidden(finding) ? facts.Hidden?.At : Text(finding)?.At;
        // A value that is told by its setting's name stands on that line.
        return at is not { } offset || facts.ContentLine < 1 ? facts.Line : facts.ContentLine + content.AsSpan(0, Math.Min(offset, content.Length)).Count('\n');
    }
}
