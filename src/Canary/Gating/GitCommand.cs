using System.Diagnostics;
using System.Text;

namespace Canary.Gating;

/// <summary>
/// Runs git on a repository that may be hostile. Its configuration, its attributes and its hooks can name programs; each way to have
/// one run is closed here, and only commands that read objects are asked for.
/// </summary>
internal sealed class GitCommand
{
    // Every key that names a program or leads to the network. What the command line says goes before every file, included ones as well.
    private static readonly string[] Neutral =
    [
        "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "core.editor=false", "core.askPass=false", "core.sshCommand=false", "core.gitProxy=false",
        "core.alternateRefsCommand=false", "core.attributesFile=/dev/null", "core.excludesFile=/dev/null", "core.untrackedCache=false", "credential.helper=",
        "diff.external=", "interactive.diffFilter=", "gpg.program=false", "log.showSignature=false", "protocol.allow=never", "protocol.ext.allow=never", "protocol.file.allow=never",
        "submodule.recurse=false", "fetch.recurseSubmodules=false", "gc.auto=0", "maintenance.auto=false", "advice.graftFileDeprecated=false",
    ];

    private readonly string _git;
    private readonly string _gitDirectory;
    private readonly string _empty;

    /// <param name="gitDirectory">The <c>.git</c> itself: named, git looks for none and asks not whose it is; nothing of it is run.</param>
    /// <param name="empty">A directory of our own, for git to stand in.</param>
    public GitCommand(string git, string gitDirectory, string empty) => (_git, _gitDirectory, _empty) = (git, gitDirectory, empty);

    /// <summary>The git of the system. One that lies in the tree, or that a relative part of PATH leads to, is not run. Null for none.</summary>
    public static string? Find(string tree)
    {
        string name = OperatingSystem.IsWindows() ? "git.exe" : "git";
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Path.IsPathFullyQualified(directory))
                continue;
            string full = Path.GetFullPath(Path.Combine(directory, name));
            if (File.Exists(full) && !full.StartsWith(tree.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                return full;
        }

        return null;
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(_git)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _empty,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("--no-pager");
        start.ArgumentList.Add("--no-replace-objects");
        start.ArgumentList.Add("--literal-pathspecs");
        start.ArgumentList.Add("--git-dir=" + _gitDirectory);
        foreach (string setting in Neutral)
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(setting);
        }

        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // Of the caller's environment nothing reaches git: GIT_* variables can name programs as well.
        start.Environment.Clear();
        foreach (var (name, value) in Surroundings())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private IEnumerable<(string Name, string Value)> Surroundings()
    {
        yield return ("PATH", Path.GetDirectoryName(_git)! + (OperatingSystem.IsWindows() ? "" : ":/usr/bin:/bin"));
        yield return ("HOME", _empty);
        yield return ("XDG_CONFIG_HOME", _empty);
        yield return ("LC_ALL", "C");
        yield return ("GIT_CONFIG_NOSYSTEM", "1");
        yield return ("GIT_CONFIG_SYSTEM", "/dev/null");
        yield return ("GIT_CONFIG_GLOBAL", "/dev/null");
        yield return ("GIT_ATTR_NOSYSTEM", "1");
        yield return ("GIT_TERMINAL_PROMPT", "0");
        yield return ("GIT_OPTIONAL_LOCKS", "0");
        yield return ("GIT_NO_LAZY_FETCH", "1");
        yield return ("GIT_NO_REPLACE_OBJECTS", "1");
        // A protocol of the repository's own configuration would go before «never» for all; this goes before both.
        yield return ("GIT_ALLOW_PROTOCOL", "none");
        yield return ("GIT_ASKPASS", "false");
        yield return ("GIT_SSH_COMMAND", "false");
        yield return ("GIT_PAGER", "cat");
        if (OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("SystemRoot") is { } root)
            yield return ("SystemRoot", root);
    }
}
