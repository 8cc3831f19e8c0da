using Canary.Models.Gating;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Config;

/// <summary>Reads the section <c>models:</c>.</summary>
internal static class ModelsReader
{
    private static readonly string[] Policies = [GatePolicy.Observe.Word(), GatePolicy.DenyChanged.Word(), GatePolicy.DenyUnknown.Word()];

    private const GatePolicy Unsaid = (GatePolicy)(-1);

    private static readonly string[] Seals = [ModelSeal.Flag.Word(), ModelSeal.Verity.Word(), ModelSeal.None.Word()];

    private static readonly string[] Deaths = [OnDeath.End.Word(), OnDeath.Allow.Word(), OnDeath.Deny.Word()];

    public static ModelsConfig Read(Section section, string directory, Diagnostics diagnostics, ICollection<ConfigKey>? every)
    {
        var guard = section.Texts("guard").Select(path => Path.GetFullPath(path, directory)).ToList();
        string? lockFile = section.Text("lock");
        var models = new ModelsConfig(
            guard, lockFile is null ? null : Path.GetFullPath(lockFile, directory),
            new PolicyBook(Policy(section, GatePolicy.Observe), ByPath(section.Maps("policies"), directory, diagnostics, every)),
            section.Duration("deadline", TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(100)),
            section.Word("on_death", OnDeath.End, Deaths, static word => OnDeaths.TryParse(word, out var death) ? death : null),
            section.Word("seal", ModelSeal.Flag, Seals, static word => ModelSeals.TryParse(word, out var seal) ? seal : null),
            section.Boolean("ahead", false),
            Allowed(section.Maps("allow_imports"), diagnostics, every));
        if (guard.Count > 0 && lockFile is null && !section.Has("lock"))
            section.Fault("guard", "'models.guard' needs 'models.lock': the file that `canary model lock` wrote");
        section.End();
        return models;
    }

    private static GatePolicy Policy(Section section, GatePolicy otherwise) =>
        section.Word("policy", otherwise, Policies, static word => GatePolicies.TryParse(word, out var policy) ? policy : null);

    private static List<PathPolicy> ByPath(YamlNode? node, string directory, Diagnostics diagnostics, ICollection<ConfigKey>? every)
    {
        var policies = new List<PathPolicy>();
        if (node is not null and not YamlList)
            diagnostics.Add(node, "'models.policies' must be a list, each entry with 'path' and 'policy'");
        // As below: without a list one absent entry is read, for the names of its keys alone.
        foreach (var entry in node is YamlList list ? list.Items : Enumerable.Repeat<YamlNode?>(null, every is null ? 0 : 1))
        {
            var section = new Section(entry, "models.policies", diagnostics, every);
            string? path = section.Text("path");
            var policy = Policy(section, Unsaid);
            section.End();
            if (entry is not YamlMap)
                continue;
            if (path is null || policy == Unsaid)
                diagnostics.Add(entry, "a policy by path needs a 'path', which is a glob, and a 'policy'");
            else
                policies.Add(PathPolicy.Of(path, policy, directory));
        }

        return policies;
    }

    private static List<AllowedImports> Allowed(YamlNode? node, Diagnostics diagnostics, ICollection<ConfigKey>? every)
    {
        var allowed = new List<AllowedImports>();
        if (node is not null and not YamlList)
            diagnostics.Add(node, "'models.allow_imports' must be a list, each entry with 'module' and 'names'");
        // Without a list one absent entry is read, for the names of its keys alone.
        IEnumerable<YamlNode?> entries = node is YamlList list ? list.Items : Enumerable.Repeat<YamlNode?>(null, every is null ? 0 : 1);
        foreach (var entry in entries)
        {
            var section = new Section(entry, "models.allow_imports", diagnostics, every);
            string? module = section.Text("module");
            var names = section.Texts("names");
            var by = section.Texts("by");
            section.End();
            if (entry is not YamlMap)
                continue;
            if (module is null || module.Trim('*', '.').Length == 0)
                diagnostics.Add(entry, "an allowed import needs a 'module'; '*' alone would allow everything");
            else if (names.Count == 0)
                diagnostics.Add(entry, $"name what may be imported of '{Printable.Line(module, 80)}': 'names'");
            else
                allowed.Add(new AllowedImports(module, names, by));
        }

        return allowed;
    }
}
