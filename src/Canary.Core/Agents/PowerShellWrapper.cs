namespace Canary.Agents;

/// <summary>
/// Takes off what agents put around a PowerShell command: Claude Code keeps the exit code and writes down the folder afterwards, Codex
/// sets the output's encoding first. As with <see cref="ShellWrapper"/> only fixed text is taken off: an imitation gains nothing.
/// </summary>
/// <remarks>Claude Code's form as of 2.1 (with its sandbox the whole is encoded), Codex' as of 2026; both after public sources, neither seen here on Windows.</remarks>
internal static class PowerShellWrapper
{
    private static readonly string[] Heads =
    [
        "[Console]::OutputEncoding=[System.Text.Encoding]::UTF8;",
        "try { [Console]::OutputEncoding=[System.Text.Encoding]::UTF8 } catch {}",
    ];

    private const string KeepsCode = "; $_ec = if ($null -ne $LASTEXITCODE) { $LASTEXITCODE } elseif ($?) { 0 } else { 1 }";
    private const string WritesFolder = "; (Get-Location).Path | Out-File -FilePath '";
    private const string AfterFolder = "' -Encoding utf8 -NoNewline";

    private static readonly string[] Ends = ["; exit $_ec", "; [Environment]::ExitCode = $_ec"];

    /// <summary>The command inside, or null when this is no wrapper.</summary>
    public static string? Unwrap(IReadOnlyList<string> arguments, string? image)
    {
        if (PowerShellCommand.Script(arguments, image) is not { } script)
            return null;
        string command = WithoutTail(WithoutHead(script));
        return command.Length == script.Length ? null : command;
    }

    private static string WithoutHead(string script)
    {
        foreach (string head in Heads)
        {
            if (script.StartsWith(head, StringComparison.Ordinal))
                return script[head.Length..].TrimStart();
        }

        return script;
    }

    private static string WithoutTail(string script)
    {
        // From the end: each part must stand there whole, with nothing between them but a line's end.
        var rest = script.AsSpan().TrimEnd();
        int length = rest.Length;
        foreach (string end in Ends)
        {
            if (rest.EndsWith(end, StringComparison.Ordinal))
                rest = rest[..^end.Length].TrimEnd();
        }

        if (rest.Length == length || !rest.EndsWith(AfterFolder, StringComparison.Ordinal))
            return script;
        rest = rest[..^AfterFolder.Length];
        int folder = rest.LastIndexOf(WritesFolder);
        // A quote in the path would end it: what stands behind is somebody's addition, and must stay in sight.
        if (folder < 0 || rest[(folder + WritesFolder.Length)..].IndexOfAny('\'', '\n', '\u2019') >= 0)
            return script;
        rest = rest[..folder].TrimEnd();
        return rest.EndsWith(KeepsCode, StringComparison.Ordinal) ? rest[..^KeepsCode.Length].TrimEnd().ToString() : script;
    }
}
