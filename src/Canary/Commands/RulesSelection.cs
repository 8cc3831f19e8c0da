using System.CommandLine;
using Canary.Rules;

namespace Canary.Commands;

/// <summary>The rules that a <c>rules</c> command speaks of.</summary>
/// <param name="Chosen">Of the whole book, those that were asked for; the rest is there to be referred to.</param>
/// <param name="Files">How many of the files read were asked for.</param>
internal sealed record RulesSelection(RuleLoad Load, IReadOnlyList<Rule> Chosen, int Files)
{
    public static RulesSelection Of(ParseResult parsed, Argument<string[]>? paths = null)
    {
        string[] named = paths is null ? [] : parsed.GetValue(paths) ?? [];
        var settings = Settings.Load(parsed, withRules: false);
        var faults = settings.Faults.ToList();
        var asked = (named.Length > 0 ? named : Settings.RuleDirectories(parsed, settings.Config)).SelectMany(path => RuleSources.From(path, faults)).ToList();
        // A checkout's own rules/ is also built in: what is named on the command line stands for both.
        var replaced = asked.Select(s => Path.GetFileName(s.Path)).ToHashSet(StringComparer.Ordinal);
        var builtIn = parsed.GetValue(GlobalOptions.NoDefaultRules) ? [] : RuleSources.BuiltIn().Where(s => !replaced.Contains(Path.GetFileName(s.Path))).ToList();
        var load = RuleLoader.Load([.. builtIn, .. asked], Settings.OptionsOf(settings.Config), faults);
        bool all = named.Length == 0;
        var chosen = load.Book.Rules.Where(r => all || !r.BuiltIn).ToArray();
        return new RulesSelection(load, chosen, all ? load.Files : asked.Count);
    }
}
