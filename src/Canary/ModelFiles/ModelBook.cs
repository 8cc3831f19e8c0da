using System.CommandLine;
using Canary.Commands;
using Canary.Rules;

namespace Canary.ModelFiles;

/// <summary>The rules for model files.</summary>
internal static class ModelBook
{
    /// <summary>Of the built-in rules those about models; of the user's all. Faults are told.</summary>
    public static RuleBook Load(ParseResult parsed, Settings settings, out bool faulty)
    {
        var load = Settings.LoadRules(parsed, settings.Config, below: ["models/"]);
        var faults = load.Errors.Where(e => parsed.GetValue(GlobalOptions.Strict) || e.File.StartsWith("rules/", StringComparison.Ordinal));
        faulty = (settings with { Faults = [.. settings.Faults, .. faults] }).Tell(parsed);
        return load.Book;
    }
}
