namespace Canary.Surface;

/// <summary>What git obeys and runs in one clone: its configuration, its hooks, the hooks that a project has installed, submodules.</summary>
public sealed class GitReader : ISurfaceReader
{
    private static readonly string[] Hooks =
    [
        "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout",
        "post-merge", "pre-push", "pre-receive", "update", "proc-receive", "post-receive", "post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc", "post-rewrite",
        "sendemail-validate", "fsmonitor-watchman", "p4-changelist", "p4-prepare-changelist", "p4-post-changelist", "p4-pre-submit", "post-index-change",
    ];

    // Their values are commands, or are where commands lie.
    private static readonly string[] Commands =
    [
        "core.fsmonitor", "core.sshcommand", "core.editor", "core.pager", "core.askpass", "core.gitproxy", "core.hookspath", "core.alternaterefscommand", "sequence.editor",
        "diff.external", "credential.helper", "gpg.program", "gpg.ssh.program", "gpg.x509.program", "uploadpack.packobjectshook", "include.path", "init.templatedir", "protocol.ext.allow",
    ];

    private static readonly string[] CommandEnds = [".clean", ".smudge", ".process", ".textconv", ".command", ".cmd", ".driver", ".uploadpack", ".receivepack", ".vcs", ".path", ".update", ".helper"];

    public string Subject => "git's configuration and hooks";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        IsConfig(name, directory) || (ConfigPath.Is(name, Hooks) && ConfigPath.EndsWithAny(directory, [".git/hooks", ".husky", ".githooks"]));

    public void Read(SurfaceFile file, SurfaceEntries into)
    {
        if (!IsConfig(file.Name, file.Directory))
            into.Add(new ConfigFacts(ConfigKind.Hook, file.Path, 0, file.Name) { Triggers = [file.Name], Content = file.Text, ContentLine = 1 });
        else
            Configuration(file, into);
    }

    private static bool IsConfig(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        ConfigPath.Is(name, [".gitmodules"]) || (ConfigPath.Is(name, ["config", "config.worktree"]) && ConfigPath.EndsWith(directory, ".git")) || ConfigPath.Is(name, [".gitconfig"]);

    private static void Configuration(SurfaceFile file, SurfaceEntries into)
    {
        string section = "";
        int number = 0;
        foreach (var span in file.Text.AsSpan().EnumerateLines())
        {
            number++;
            var line = span.Trim();
            if (line.IsEmpty || line[0] is '#' or ';')
                continue;
            if (line[0] == '[')
            {
                int end = line.IndexOf(']');
                section = Section(line[1..(end < 0 ? line.Length : end)]);
                line = end < 0 ? default : line[(end + 1)..].Trim();
                if (line.IsEmpty)
                    continue;
            }

            int equals = line.IndexOf('=');
            string name = (equals < 0 ? line : line[..equals]).Trim().ToString().ToLowerInvariant();
            string value = equals < 0 ? "true" : line[(equals + 1)..].Trim().ToString();
            Add(file, SettingText.Joined(section, name), number, name, value, into);
        }
    }

    private static void Add(SurfaceFile file, string setting, int line, string name, string value, SurfaceEntries into)
    {
        string bare = value.Length > 1 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
        bool runs = Commands.Contains(setting) || (setting.StartsWith("alias.", StringComparison.Ordinal) && bare.StartsWith('!'))
            || (!setting.StartsWith("submodule.", StringComparison.Ordinal) && ConfigPath.HasEnding(setting, CommandEnds)) || (name == "update" && bare.StartsWith('!'));
        bool leads = name is "url" or "insteadof" or "pushinsteadof" or "pushurl" or "proxy";
        if (!runs && !leads)
            return;
        string safe = into.Safe(name, bare);
        into.Add(new ConfigFacts(ConfigKind.Git, file.Path, line, setting)
        {
            Setting = setting,
            Content = safe,
            CommandLine = runs ? safe : null,
            Url = leads ? safe : null,
        });
    }

    // [remote "origin"] is remote.origin.
    private static string Section(ReadOnlySpan<char> head)
    {
        int quote = head.IndexOf('"');
        string name = (quote < 0 ? head : head[..quote]).Trim().ToString().ToLowerInvariant();
        return quote < 0 ? name : SettingText.Joined(name, head[quote..].Trim().Trim('"').ToString());
    }
}
