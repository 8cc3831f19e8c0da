using System.CommandLine;
using Canary.Agents;
using Canary.Config;
using Canary.Inspection;
using Canary.Rules;
using Canary.Scanning;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Commands;

/// <summary>What a command works with: configuration, rules and catalogue, with every fault found on the way.</summary>
/// <param name="Faults">Of the configuration, and of shipped rules: with these nothing runs.</param>
/// <param name="Rules">Null when the command asked for none.</param>
internal sealed record Settings(CanaryConfig Config, Catalogue Catalogue, RuleLoad? Rules, IReadOnlyList<Diagnostic> Faults)
{
    private const string AboutPackages = "  category: package\n";

    private static readonly string[] AboutScans = ["packages/", "config/"];

    /// <param name="recorded">The rules are for events that other sensors may have recorded.</param>
    public static Settings Load(ParseResult parsed, bool withRules, bool recorded = false)
    {
        var diagnostics = new Diagnostics();
        var config = CanaryConfig.Load(ConfigLocation.Default(parsed.GetValue(GlobalOptions.Config), Sensors.Proc.FileTrust.Distrust), diagnostics);
        var settings = new Settings(config, Catalogue.Of(config.Agents), null, diagnostics.All);
        return withRules ? settings.WithRules(parsed, recorded) : settings;
    }

    /// <summary>The same, with the rules.</summary>
    /// <inheritdoc cref="Load" path="/param"/>
    public Settings WithRules(ParseResult parsed, bool recorded = false)
    {
        var rules = LoadRules(parsed, Config, recorded);
        var faults = rules.Errors.Where(e => parsed.GetValue(GlobalOptions.Strict) || e.File.StartsWith("rules/", StringComparison.Ordinal));
        return this with { Rules = rules, Faults = [.. Faults, .. faults] };
    }

    /// <summary>Of the built-in rules only those about packages and configurations: a scan is over before the others were read. Faults as <see cref="Load"/> has them.</summary>
    public static ScanRules LoadRulesForPackages(ParseResult parsed, CanaryConfig config, Diagnostics diagnostics)
    {
        // A rule of the user's may name any other; only among our own is it known which stand alone.
        if (RuleDirectories(parsed, config).Count > 0 || parsed.GetValue(GlobalOptions.NoDefaultRules))
            return ScanRules.Of(Book(LoadRules(parsed, config, below: [.. AboutScans])));
        // Tests hold the shipped rules to be sound: a fault of one that is read late would be the program's own.
        var few = Task.Run(Few);
        return new ScanRules(few, new Lazy<RuleBook>(() => LoadRules(parsed, config, below: [.. AboutScans]).Book));

        RuleBook Few()
        {
            var book = RuleLoader.Load(RuleSources.BuiltInWith(AboutPackages, AboutScans), OptionsOf(config)).Book;
            // Else each of the threads that judge packages would make it.
            book.PrepareForFew(PackageSubject.Log);
            return book;
        }

        RuleBook Book(RuleLoad load)
        {
            foreach (var fault in load.Errors.Where(e => parsed.GetValue(GlobalOptions.Strict) || e.File.StartsWith("rules/", StringComparison.Ordinal)))
                diagnostics.Add(fault.File, fault.Line, fault.Column, fault.Message, fault.Unsupported);
            return load.Book;
        }
    }

    /// <summary>The directories of rules that may change under a running monitor.</summary>
    public static IReadOnlyList<string> RuleDirectories(ParseResult parsed, CanaryConfig config) =>
        [.. config.Rules.Directories, .. (parsed.GetValue(GlobalOptions.Rules) ?? []).Select(Path.GetFullPath)];

    /// <param name="below">Take of the built-in rules only those of these directories.</param>
    public static RuleLoad LoadRules(ParseResult parsed, CanaryConfig config, bool recorded = false, string[]? below = null)
    {
        var unread = new List<Diagnostic>();
        var asked = RuleDirectories(parsed, config).SelectMany(path => RuleSources.From(path, unread)).ToList();
        var builtIn = parsed.GetValue(GlobalOptions.NoDefaultRules) ? [] : RuleSources.BuiltIn(below ?? []);
        return RuleLoader.Load([.. builtIn, .. asked], OptionsOf(config) with { ForRecordedEvents = recorded }, unread);
    }

    public static RuleOptions OptionsOf(CanaryConfig config) =>
        new() { Placeholders = config.Rules.Placeholders, Disabled = config.Rules.Disable.ToHashSet(StringComparer.Ordinal) };

    /// <summary>Writes every fault to standard error. True when there is one: the command must not go on.</summary>
    public bool Tell(ParseResult parsed)
    {
        var error = parsed.InvocationConfiguration.Error;
        foreach (var fault in Faults)
            error.WriteLine(Printable.Line(fault.ToString(), 1000));
        if (Faults.Count > 0)
            error.WriteLine($"{Faults.Count} error{(Faults.Count == 1 ? "" : "s")}; nothing was started");
        else if (!parsed.GetValue(GlobalOptions.Quiet))
        {
            foreach (string passed in Config.PassedOver)
                error.WriteLine(Printable.Line(passed, 1000));
            foreach (string name in Config.Rules.Disable.Where(n => Rules is not null && Rules.Book.Find(n) is null))
                error.WriteLine($"rules.disable in {Config.Source}: no rule is called '{Printable.Line(name, 100)}'");
        }

        return Faults.Count > 0;
    }
}
