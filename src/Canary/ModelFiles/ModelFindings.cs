using Canary.Findings;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Rules;
using Canary.Scanning;

namespace Canary.ModelFiles;

/// <summary>What rules and verdicts say of model files.</summary>
internal sealed class ModelFindings(RuleBook book, TimeProvider time)
{
    private const int MostTold = 3;
    private static readonly string[] DoNotLoad = ["Load it nowhere until somebody has read this; take the weights as safetensors or GGUF from their publisher."];

    private readonly RuleEngine _engine = new(book, time);
    private readonly List<Finding> _found = [];

    public IReadOnlyList<ScanFinding> Of(ModelReport report)
    {
        _found.Clear();
        _engine.Evaluate(new ModelFile(report.Path, report.Size, report.Facts, report.Digests?.Sha256, time.GetUtcNow()), _found);
        var findings = _found.Select(f => RuleFindings.Of(f, report.Path, 0) with { Do = f.Rule.Level >= Level.High ? DoNotLoad : [] }).ToList();
        // A rule of a high level has said it better.
        if (report.Facts.Verdict == ModelVerdict.Deny && !findings.Exists(f => f.Rule.Level >= Level.High))
            findings.Add(Of(ModelRules.Denied, report.Path, Why(report.Facts, ModelVerdict.Deny), DoNotLoad));
        else if (report.Facts.Verdict == ModelVerdict.Unknown && findings.Count == 0 && IsNoteworthy(report))
            findings.Add(Of(ModelRules.Unknown, report.Path, Why(report.Facts, ModelVerdict.Unknown)));
        return findings;
    }

    // A lock holds what lies beside the models as well; of a README nobody expects to be understood.
    private static bool IsNoteworthy(ModelReport report) => !report.IsUnclaimed || report.Named || ModelNames.IsModel(report.Path);

    public static ScanFinding Unread(string path, string reason) => Of(ModelRules.Unread, path, reason, ["Read it as a user that may, and scan again."]);

    public static ScanFinding Of(RuleFacts rule, string path, string why, params string[] steps) => new(rule, "model", path, path, 0, why, steps);

    // What weighs most, in the words of who found it.
    private static string Why(ModelFacts facts, ModelVerdict verdict)
    {
        var told = facts.Anomalies.Where(a => a.Verdict == verdict).Select(a => $"{a.Why} ({a.Place})")
            .Concat(facts.Imports.Where(i => i.Verdict == verdict).Select(i => $"{i.How} of {i.Qualified} ({i.Place})")).Distinct().ToList();
        return told.Count == 0 ? "its verdict is " + verdict.Word()
            : string.Join("; ", told.Take(MostTold)) + (told.Count > MostTold ? $"; and {told.Count - MostTold} more" : "");
    }
}
