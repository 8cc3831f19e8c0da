namespace Canary.Agents;

/// <summary>Programs whose first argument is the program: there the script says what runs, not the image.</summary>
internal static class Interpreters
{
    private static readonly string[] Names = ["node", "nodejs", "bun", "deno", "python", "pypy", "ruby", "perl", "sh", "bash", "dash", "zsh"];

    /// <summary>True for an interpreter, with or without a version behind its name: <c>python3.11</c>.</summary>
    public static bool IsOne(string image)
    {
        var name = Path.GetFileName(image.AsSpan());
        if (name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
            name = name[..^4];
        name = name.TrimEnd("0123456789.");
        foreach (string known in Names)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

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
}
