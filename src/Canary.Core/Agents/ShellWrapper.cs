using System.Text;

namespace Canary.Agents;

/// <summary>
/// Takes off what agents put around a shell command: Claude Code sources a snapshot and evals the command, Codex sets variables and
/// execs a shell with it. Rules are about the command; the wrapper's own <c>eval</c>, <c>source</c> and paths would fire on every call.
/// </summary>
/// <remarks>
/// Forms seen of Claude Code 2.1.330 and Codex 0.169.0. A command that only imitates the wrapper gains nothing: what is taken off is
/// fixed text, what it evals is still matched, and the raw line stays in <c>RawCommandLine</c>.
/// </remarks>
public static class ShellWrapper
{
    private static readonly System.Buffers.SearchValues<char> ShellSyntax = System.Buffers.SearchValues.Create(" \t\n;&|$`<>()");

    /// <summary>The command inside, or null when this is no wrapper.</summary>
    public static string? Unwrap(IReadOnlyList<string> arguments)
    {
        int at = CommandArgument(arguments);
        if (at < 0)
            return null;
        string script = arguments[at];
        return Claude(script) ?? Codex(script);
    }

    private static int CommandArgument(IReadOnlyList<string> arguments)
    {
        for (int i = 1; i < arguments.Count - 1 && i < 16; i++)
        {
            if (arguments[i] is "-c" or "-lc" or "-ic" or "-lic")
                return arguments[i + 1] == "-l" && i + 2 < arguments.Count ? i + 2 : i + 1;
        }

        return -1;
    }

    private static string? Claude(string script)
    {
        if (!script.StartsWith("source ", StringComparison.Ordinal))
            return null;
        int snapshot = script.IndexOf("/shell-snapshots/snapshot-", StringComparison.Ordinal);
        if (snapshot is < 0 or > 4096)
            return null;
        const string Eval = " && eval ";
        int eval = script.IndexOf(Eval, snapshot, StringComparison.Ordinal);
        if (eval < 0 || eval - snapshot > 2048)
            return null;
        string? command = Word(script, eval + Eval.Length, out int end);
        // Behind the word stands only the wrapper's own tail. Anything else is somebody's addition and must stay in sight.
        string tail = script[end..].Trim();
        if (command is null)
            return null;
        if (tail.StartsWith("< /dev/null", StringComparison.Ordinal))
            tail = tail["< /dev/null".Length..].TrimStart();
        const string Directory = "&& pwd -P >| ";
        bool ours = tail.Length == 0
            || (tail.StartsWith(Directory, StringComparison.Ordinal) && tail.EndsWith("-cwd", StringComparison.Ordinal)
                && tail.AsSpan(Directory.Length).IndexOfAny(ShellSyntax) < 0);
        return ours ? command : null;
    }

    private static string? Codex(string script)
    {
        if (!script.Contains("CODEX", StringComparison.Ordinal) || !script.Contains("/shell_snapshots/", StringComparison.Ordinal))
            return null;
        int exec = script.LastIndexOf("\nexec '", StringComparison.Ordinal);
        if (exec < 0)
            return null;
        _ = Word(script, exec + "\nexec ".Length, out int afterShell);
        var rest = script.AsSpan(afterShell).TrimStart();
        if (!rest.StartsWith("-c ") && !rest.StartsWith("-lc "))
            return null;
        int start = script.Length - rest.Length + rest.IndexOf(' ') + 1;
        string? command = Word(script, start, out int end);
        return script.AsSpan(end).Trim().IsEmpty ? command : null;
    }

    /// <summary>One shell word of single- and double-quoted and bare parts, read literally; null when it does not end.</summary>
    private static string? Word(string text, int at, out int end)
    {
        var word = new StringBuilder();
        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            char c = text[at];
            if (c is '\'' or '"')
            {
                int close = text.IndexOf(c, at + 1);
                if (close < 0)
                {
                    end = text.Length;
                    return null;
                }

                word.Append(text, at + 1, close - at - 1);
                at = close + 1;
            }
            else
            {
                if (c == '\\' && at + 1 < text.Length)
                    at++;
                word.Append(text[at++]);
            }
        }

        end = at;
        return word.ToString();
    }
}
