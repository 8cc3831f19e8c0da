using System.CommandLine;
using Canary.Rules;
using Canary.Yaml;

namespace Canary.Commands;

/// <summary>The rules that a <c>rules</c> command speaks of.</summary>
/// <param name="Chosen">Of the whole book, those that were asked for; the rest is there to be referred to.</param>
/// <param name="Files">How many of the files read were asked for.</param>
internal sealed record RulesSelection(RuleLoad Load, IReadOnlyList<Rule> Chosen, int Files)
{
    public static RulesSelection Of(ParseResult parsed, Argument<string[]> paths)
    {
        string[] named = parsed.GetValue(paths) ?? [];
        var faults = new List<Diagnostic>();
        var asked = (named.Length > 0 ? named : parsed.GetValue(GlobalOptions.Rules) ?? []).SelectMany(path => RuleSources.From(path, faults)).ToList();
        // A checkout's own rules/ is also built in: what is named on the command line stands for both.
        var replaced = asked.Select(s => Path.GetFileName(s.Path)).ToHashSet(StringComparer.Ordinal);
        var builtIn = parsed.GetValue(GlobalOptions.NoDefaultRules) ? [] : RuleSources.BuiltIn().Where(s => !replaced.Contains(Path.GetFileName(s.Path))).ToList();
        var load = RuleLoader.Load([.. builtIn, .. asked], RuleOptions.Default, faults);
        bool all = named.Length == 0;
        var chosen = load.Book.Rules.Where(r => all || !r.BuiltIn).ToArray();
        return new RulesSelection(load, chosen, all ? load.Files : asked.Count);
    }
}
