using Canary.Config;
using Canary.Findings;
using Canary.Rules;
using Canary.Text;
using Canary.Views;
using Canary.Yaml;

namespace Canary.Watching;

/// <summary>What SIGHUP does: the rules anew by the canary.yml of now, and word of what else changed there and waits for a restart.</summary>
/// <param name="where">Where canary.yml is looked for.</param>
/// <param name="source">The file that was read at the start, or null.</param>
/// <param name="rulesBy">The directories of rules and how they are loaded, by a configuration.</param>
internal sealed class Reloading(
    CanaryMonitor monitor, RuleWatch rules, IWatchView view, TimeProvider time, ConfigLocation where, string? source,
    Func<CanaryConfig, (IReadOnlyList<string> Directories, Func<RuleLoad> Load)> rulesBy)
{
    private const int MostCharacters = 1 << 20;

    private readonly Lock _gate = new();
    private string _text = TextOf(source);

    /// <summary>From any thread; never throws.</summary>
    public void Run()
    {
        lock (_gate)
        {
            try
            {
                Again();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                Refuse(1, Printable.Line(e.Message, 500));
            }
        }
    }

    private void Again()
    {
        var faults = new Diagnostics();
        var config = CanaryConfig.Load(where, faults);
        if (faults.Count > 0)
        {
            foreach (var fault in faults.All.Take(20))
                view.Note(fault.ToString());
            Refuse(faults.Count, faults.All[0].ToString());
            return;
        }

        string now = TextOf(config.Source);
        var changed = ConfigSections.Changed(_text, now);
        string[] waiting = [.. changed.Where(k => k != "rules")];
        if (waiting.Length > 0)
            view.Note($"reload: of canary.yml {string.Join(", ", waiting.Select(k => Printable.Line(k, 60)))} changed and takes effect at the next restart; `rules` takes effect now");
        var (directories, load) = rulesBy(config);
        rules.Use(directories, load);
        monitor.ReloadRules();
    }

    private void Refuse(int faults, string first)
    {
        view.Note($"reload: canary.yml has {faults} error{(faults == 1 ? "" : "s")}; what was in force stays in force");
        monitor.Say(new HealthReport("configuration", "setting", faults, $"reload refused, the old configuration and rules stay in force; first: {first} (all: canary rules check)", time.GetUtcNow()));
    }

    private static string TextOf(string? path)
    {
        try
        {
            return path is not null && new FileInfo(path) is { Exists: true, Length: < MostCharacters } ? File.ReadAllText(path) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
