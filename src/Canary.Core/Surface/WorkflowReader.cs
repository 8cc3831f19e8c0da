using Canary.Packages;

namespace Canary.Surface;

/// <summary>GitHub's workflows and actions: each step with what it runs or uses, and the events that start it.</summary>
public sealed class WorkflowReader : ISurfaceReader
{
    public string Subject => "GitHub workflows and actions";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        ConfigPath.HasEnding(name, [".yml", ".yaml"]) && !ConfigPath.IsInstalled(directory)
        && (ConfigPath.EndsWith(directory, ".github/workflows") || ConfigPath.Is(name, ["action.yml", "action.yaml"]));

    public void Read(SurfaceFile file, SurfaceEntries into)
    {
        if (file.Settings is not { IsMap: true } root)
            return;
        // YAML 1.1 reads the word on as a truth; this reader keeps it.
        var events = root.Find("on");
        string[] triggers = events is null ? [] : events.IsMap ? [.. events.Members.Select(m => m.Name)] : [.. events.Texts];
        if (root.Find("jobs") is { } jobs)
        {
            into.Add(new ConfigFacts(ConfigKind.Workflow, file.Path, 1, "workflow") { Triggers = triggers, Content = SettingText.Of(root, into, "jobs", "name", "run-name") });
            foreach (var job in jobs.Members)
                Job(file, job, triggers, into);
        }
        else if (root.Find("runs") is { } runs)
        {
            Steps(file, runs, "runs", [], into);
            if (runs.TextOf("image") is { } image && image.StartsWith("docker://", StringComparison.Ordinal))
                into.Add(Used(file, runs.Line, "runs/image", image, []));
        }
    }

    private static void Job(SurfaceFile file, SettingMember job, string[] triggers, SurfaceEntries into)
    {
        into.Add(new ConfigFacts(ConfigKind.Workflow, file.Path, job.Line, job.Name)
        {
            Triggers = triggers,
            Content = SettingText.Of(job.Value, into, "steps", "uses", "with", "name", "strategy"),
            EnvironmentNames = SettingText.Names(job.Value),
        });
        if (job.Value.TextOf("uses") is { } uses)
            into.Add(Used(file, job.Value.Find("uses")!.Line, $"{job.Name}/{uses}", uses, triggers));
        Steps(file, job.Value, job.Name, triggers, into);
    }

    private static void Steps(SurfaceFile file, SettingPart job, string name, string[] triggers, SurfaceEntries into)
    {
        int number = 0;
        foreach (var step in job.Find("steps")?.Items ?? [])
        {
            number++;
            string called = $"{name}/{step.TextOf("id") ?? step.TextOf("name") ?? step.TextOf("uses") ?? $"{number}"}";
            var with = step.Find("with");
            if (step.Find("uses") is { Text: { } uses } used)
            {
                // A script among the arguments is code like any other.
                var script = with?.Find("script");
                into.Add(Used(file, used.Line, called, uses, triggers) with
                {
                    Content = script?.Text ?? (with is null ? null : SettingText.Of(with, into)),
                    ContentLine = script?.TextLine ?? 0,
                    EnvironmentNames = SettingText.Names(step),
                });
            }

            if (step.Find("env") is { } variables && SettingText.Expressions(variables).ToArray() is { Length: > 0 } expressions)
                into.Add(new ConfigFacts(ConfigKind.Workflow, file.Path, variables.Line, $"{called}/env") { Triggers = triggers, Content = string.Join('\n', expressions) });
            if (step.Find("run") is { Text: { } run } code)
            {
                into.Add(new ConfigFacts(ConfigKind.Workflow, file.Path, code.Line, called)
                {
                    Triggers = triggers,
                    CommandLine = run,
                    Content = run,
                    ContentLine = code.TextLine,
                    EnvironmentNames = SettingText.Names(step),
                });
            }
        }
    }

    private static ConfigFacts Used(SurfaceFile file, int line, string name, string uses, string[] triggers)
    {
        var package = Package(uses);
        return new ConfigFacts(ConfigKind.Workflow, file.Path, line, name)
        {
            Triggers = triggers,
            Uses = uses,
            Package = package,
            Pinned = package?.Pinned,
        };
    }

    /// <summary><c>owner/repo/path@ref</c>, of which the repository is the package; null for an action of this repository.</summary>
    private static LaunchedPackage? Package(string uses)
    {
        if (uses.StartsWith("docker://", StringComparison.Ordinal))
            return LaunchedPackage.OfImage(uses["docker://".Length..]);
        int at = uses.IndexOf('@');
        if (at <= 0 || at == uses.Length - 1 || uses[0] is '.' or '$' || uses.IndexOf('/') < 1)
            return null;
        string path = uses[..at], reference = uses[(at + 1)..].Trim();
        int second = path.IndexOf('/', path.IndexOf('/') + 1);
        bool pinned = IsHash(reference), tag = reference.TrimStart('v') is { Length: > 0 } number && char.IsAsciiDigit(number[0]) && number.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
        return new LaunchedPackage(Ecosystem.Actions, second < 0 ? path : path[..second], pinned || tag ? reference : null, pinned || tag ? null : reference, pinned);
    }

    private static bool IsHash(string reference) => reference.Length is 40 or 64 && reference.All(char.IsAsciiHexDigit);
}
