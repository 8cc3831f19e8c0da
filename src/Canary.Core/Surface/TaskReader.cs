namespace Canary.Surface;

/// <summary>The tasks of an editor: what they run, and whether opening the folder is enough.</summary>
public sealed class TaskReader : ISurfaceReader
{
    public string Subject => "tasks of editors";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        !ConfigPath.IsInstalled(directory)
        && ((ConfigPath.Is(name, ["tasks.json"]) && ConfigPath.EndsWithAny(directory, [".vscode", "Code/User", "Cursor/User"])) || name.EndsWith(".code-workspace", StringComparison.OrdinalIgnoreCase));

    public void Read(SurfaceFile file, SurfaceEntries into)
    {
        if (file.Settings is not { } root)
            return;
        // A workspace has the whole of tasks.json under one name.
        var tasks = root.Find("tasks");
        if (tasks is { IsMap: true })
            (root, tasks) = (tasks, tasks.Find("tasks"));
        int number = 0;
        foreach (var task in tasks?.Items ?? [])
            Task(file, task, $"{++number}", into);
        Run(file, root, "all", [], into);
    }

    private static void Task(SurfaceFile file, SettingPart task, string number, SurfaceEntries into)
    {
        string name = task.TextOf("label") ?? task.TextOf("taskName") ?? number;
        string[] triggers = task.Find("runOptions")?.TextOf("runOn") is { } runOn ? [runOn] : [];
        Run(file, task, name, triggers, into);
        foreach (string system in (string[])["windows", "linux", "osx"])
        {
            if (task.Find(system) is { } own)
                Run(file, own, $"{name}/{system}", triggers, into, task);
        }
    }

    private static void Run(SurfaceFile file, SettingPart part, string name, string[] triggers, SurfaceEntries into, SettingPart? task = null)
    {
        string? command = part.Find("command") is { IsMap: true } quoted ? quoted.TextOf("value") : part.TextOf("command");
        string? script = part.TextOf("script");
        var arguments = (part.Find("args")?.Items ?? []).Select(a => a.Text ?? a.TextOf("value")).OfType<string>();
        if (LaunchCommand.Line(command ?? (script is null ? null : "npm run " + script), arguments) is not { } line)
            return;
        into.Add(new ConfigFacts(ConfigKind.Task, file.Path, part.Line, name)
        {
            CommandLine = line,
            Triggers = triggers,
            Content = SettingText.Of(task ?? part, into, "command", "args", "windows", "linux", "osx"),
            EnvironmentNames = part.Find("options") is { } options ? SettingText.Names(options) : [],
        });
    }
}
