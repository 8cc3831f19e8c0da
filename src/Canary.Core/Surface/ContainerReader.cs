namespace Canary.Surface;

/// <summary>Development containers: what runs in them, and what runs on the host before there is one.</summary>
public sealed class ContainerReader : ISurfaceReader
{
    private static readonly string[] Commands =
        ["initializeCommand", "onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand", "postAttachCommand"];

    public string Subject => "development containers";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        !ConfigPath.IsInstalled(directory)
        && (ConfigPath.Is(name, [".devcontainer.json"]) || (ConfigPath.Is(name, ["devcontainer.json"]) && ConfigPath.Holds(directory, ".devcontainer")));

    public void Read(SurfaceFile file, SurfaceEntries into)
    {
        if (file.Settings is not { } root)
            return;
        foreach (var member in root.Members)
        {
            if (Commands.Contains(member.Name))
                Command(file, member.Name, member.Line, member.Value, into);
            else if (member.Name is "runArgs" or "mounts" or "privileged" or "image" or "workspaceMount" or "capAdd" or "securityOpt")
                Setting(file, member, into);
        }
    }

    private static void Command(SurfaceFile file, string trigger, int line, SettingPart part, SurfaceEntries into)
    {
        if (LaunchCommand.Line(null, part.Texts) is { } command)
            into.Add(new ConfigFacts(ConfigKind.Task, file.Path, line, $"{trigger}: {command}") { Triggers = [trigger], CommandLine = command });
        // Several that run side by side, each with a name.
        foreach (var member in part.Members)
            Command(file, trigger, member.Line, member.Value with { Members = [] }, into);
    }

    private static void Setting(SurfaceFile file, SettingMember member, SurfaceEntries into)
    {
        string value = string.Join(' ', member.Value.Texts.Concat(member.Value.Items.SelectMany(i => i.Members).Select(m => $"{m.Name}={m.Value.Text}")));
        into.Add(new ConfigFacts(ConfigKind.Setting, file.Path, member.Line, member.Name) { Setting = member.Name, Content = value });
    }
}
