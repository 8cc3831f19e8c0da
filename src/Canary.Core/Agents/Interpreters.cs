using Canary.Text;

namespace Canary.Agents;

/// <summary>Programs whose first argument is the program: there the script says what runs, not the image.</summary>
internal static class Interpreters
{
    private static readonly string[] Names = ["node", "nodejs", "bun", "deno", "python", "pypy", "ruby", "perl", "sh", "bash", "dash", "zsh"];

    /// <summary>True for an interpreter, with or without a version behind its name: <c>python3.11</c>.</summary>
    public static bool IsOne(string image)
    {
        var name = Program(image).AsSpan().TrimEnd("0123456789.");
        foreach (string known in Names)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>True for a shell of Windows that a start script (<c>claude.cmd</c>, <c>claude.ps1</c>) runs in.</summary>
    public static bool IsWindowsShell(string image) => Program(image).ToUpperInvariant() is "CMD" or "POWERSHELL" or "PWSH";

    /// <summary>
    /// What the interpreter is told to run; null for none, and for code that stands in the arguments. A shell of Windows counts only
    /// with a script's file, named by its ending.
    /// </summary>
    /// <param name="interpreted">The image is an interpreter.</param>
    public static string? ScriptOf(string image, IReadOnlyList<string> arguments, out bool interpreted) =>
        (interpreted = IsOne(image)) ? Script(arguments) : IsWindowsShell(image) ? StartScript(arguments) : null;

    /// <summary>The first argument after the program that is no option; null when there is none, or code is given in its place.</summary>
    public static string? Script(IReadOnlyList<string> arguments)
    {
        for (int i = 1; i < arguments.Count && i < 16; i++)
        {
            string argument = arguments[i];
            if (argument is "-c" or "-e" or "-m" or "--eval" or "-p")
                return null;
            if (argument.Length > 0 && argument[0] != '-')
                return argument;
        }

        return null;
    }

    private static string? StartScript(IReadOnlyList<string> arguments)
    {
        for (int i = 1; i < arguments.Count && i < 16; i++)
        {
            // cmd /s /c takes its line with a pair of quotes around it all.
            string argument = arguments[i].Trim('"', ' ');
            if (argument.Length == 0 || argument[0] is '/' or '-')
                continue;
            int end = argument.IndexOf('"', StringComparison.Ordinal);
            string file = end < 0 ? argument : argument[..end];
            if (WindowsPath.Extension(file).ToUpperInvariant() is ".CMD" or ".BAT" or ".PS1")
                return file;
            // -ExecutionPolicy Bypass -File x.ps1: the word before is an option's value.
            if (arguments[i - 1].Length == 0 || arguments[i - 1][0] != '-')
                return null;
        }

        return null;
    }

    private static string Program(string image)
    {
        string name = PathName.Of(image);
        return name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }
}
