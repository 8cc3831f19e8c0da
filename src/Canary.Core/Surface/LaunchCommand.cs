using System.Text;

namespace Canary.Surface;

/// <summary>A program with its arguments, as a configuration names it.</summary>
internal static class LaunchCommand
{
    private const int MostWords = 2000;

    // Options that have a value of their own behind them; what follows is not the package.
    private static readonly string[] NpxValued = ["-c", "--call", "-w", "--workspace", "--registry", "--userconfig", "--cache", "--prefix", "--node-options"];
    private static readonly string[] UvValued =
    [
        "--python", "-p", "--with", "--with-editable", "--with-requirements", "--index", "--index-url", "--default-index", "--extra-index-url", "-i", "-f", "--find-links",
        "--directory", "--project", "--cache-dir", "--config-file", "--env-file", "--refresh-package", "--constraints", "-c", "--exclude-newer", "--pip-args", "--suffix",
    ];

    private static readonly string[] DockerValued =
    [
        "-e", "--env", "--env-file", "-v", "--volume", "--mount", "--name", "--network", "--net", "-p", "--publish", "-u", "--user", "-w", "--workdir", "--entrypoint",
        "--platform", "--add-host", "-l", "--label", "-h", "--hostname", "-m", "--memory", "--cpus", "--cap-add", "--cap-drop", "--security-opt", "--device", "--gpus",
        "--dns", "--log-driver", "--log-opt", "--pull", "--restart", "--shm-size", "--tmpfs", "--ulimit", "--ipc", "--pid", "--userns", "--volumes-from", "--cidfile", "--label-file", "--expose", "--ip", "--runtime", "--stop-signal", "--health-cmd", "--group-add", "-a", "--attach", "--link",
    ];

    /// <summary>The command line; words with blanks in them are quoted.</summary>
    public static string? Line(string? command, IEnumerable<string> arguments)
    {
        string[] words = [.. new[] { command }.OfType<string>().Concat(arguments)];
        if (words.Length == 0)
            return null;
        // A command that is a whole line stays as it is written.
        var line = new StringBuilder(words[0]);
        foreach (string word in words.Skip(1))
            _ = word.Length == 0 || word.AsSpan().ContainsAny(" \t\"") ? line.Append(" \"").Append(word.Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"') : line.Append(' ').Append(word);
        return line.ToString();
    }

    /// <summary>What the command fetches and runs; null where it fetches nothing that can be told.</summary>
    public static LaunchedPackage? Package(string? command, IEnumerable<string> arguments)
    {
        var words = Words(command).Concat(arguments.SelectMany((a, i) => i == 0 || a.Contains("npx ", StringComparison.Ordinal) || a.Contains("uvx ", StringComparison.Ordinal) ? Words(a) : [a])).Take(MostWords).ToList();
        for (int at = 0; at < words.Count && at < 8; at++)
        {
            string program = Program(words[at]), next = at + 1 < words.Count ? words[at + 1] : "";
            if (program is "npx" or "bunx" or "pnpx")
                return Npm(words, at + 1);
            if ((program is "npm" && next is "exec" or "x") || (program is "pnpm" or "yarn" && next == "dlx") || (program == "bun" && next == "x"))
                return Npm(words, at + 2);
            if (program == "uvx" || (program == "pipx" && next == "run"))
                return Python(words, program == "uvx" ? at + 1 : at + 2);
            if (program == "uv" && next == "tool")
                return Python(words, at + 3);
            if (program is "docker" or "podman" or "nerdctl")
                return words.IndexOf("run", at) is >= 0 and int run && Plain(words, run + 1, DockerValued) is { } image ? LaunchedPackage.OfImage(image) : null;
        }

        return null;
    }

    private static LaunchedPackage? Npm(List<string> words, int from) =>
        LaunchedPackage.OfNpm(Option(words, from, "-p", "--package") ?? Plain(words, from, NpxValued) ?? "");

    private static LaunchedPackage? Python(List<string> words, int from) =>
        LaunchedPackage.OfPython(Option(words, from, "--from", "--spec") ?? Plain(words, from, UvValued) ?? "");

    private static string? Option(List<string> words, int from, string first, string second)
    {
        for (int i = from; i < words.Count && words[i].StartsWith('-'); i++)
        {
            foreach (string name in (string[])[first, second])
            {
                if (words[i] == name && i + 1 < words.Count)
                    return words[i + 1];
                if (words[i].StartsWith(name + "=", StringComparison.Ordinal))
                    return words[i][(name.Length + 1)..];
            }
        }

        return null;
    }

    /// <summary>The first word that is neither an option nor an option's value.</summary>
    private static string? Plain(List<string> words, int from, string[] valued)
    {
        for (int i = from; i < words.Count; i++)
        {
            if (!words[i].StartsWith('-'))
                return words[i];
            if (valued.Contains(words[i]))
                i++;
        }

        return null;
    }

    private static string[] Words(string? text) => text is null ? [] : text.Split([' ', '\t', '\n'], MostWords, StringSplitOptions.RemoveEmptyEntries);

    private static string Program(string word)
    {
        string name = word[(word.LastIndexOfAny(['/', '\\']) + 1)..].Trim('"', '\'').ToLowerInvariant();
        return name.EndsWith(".cmd", StringComparison.Ordinal) || name.EndsWith(".exe", StringComparison.Ordinal) ? name[..^4] : name;
    }
}
