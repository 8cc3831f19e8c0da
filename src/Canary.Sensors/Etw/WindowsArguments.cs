using System.Text;

namespace Canary.Sensors.Etw;

/// <summary>
/// Splits a command line as CommandLineToArgvW and the Visual C++ run time do
/// (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments). A program may split its line otherwise.
/// </summary>
internal static class WindowsArguments
{
    /// <summary>Arguments that are split off; what stands behind them is the last one, unsplit.</summary>
    public const int Most = 4096;

    public static string[] Split(string line)
    {
        var arguments = new List<string>();
        if (line.Length == 0)
            return [];
        var argument = new StringBuilder();
        int at = Program(line, argument);
        arguments.Add(argument.ToString());
        while (true)
        {
            while (at < line.Length && line[at] is (' ' or '\t'))
                at++;
            if (at >= line.Length)
                return [.. arguments];
            if (arguments.Count == Most - 1)
                return [.. arguments, line[at..]];
            argument.Clear();
            at = Argument(line, at, argument);
            arguments.Add(argument.ToString());
        }
    }

    // The first word has rules of its own: a quote only begins and ends, a backslash is a backslash.
    private static int Program(string line, StringBuilder into)
    {
        bool quoted = false;
        int at = 0;
        for (; at < line.Length && (quoted || line[at] is not (' ' or '\t')); at++)
        {
            if (line[at] == '"')
                quoted = !quoted;
            else
                into.Append(line[at]);
        }

        return at;
    }

    private static int Argument(string line, int at, StringBuilder into)
    {
        bool quoted = false;
        while (at < line.Length && (quoted || line[at] is not (' ' or '\t')))
        {
            int slashes = 0;
            while (at < line.Length && line[at] == '\\')
            {
                slashes++;
                at++;
            }

            bool quote = at < line.Length && line[at] == '"';
            // Backslashes count in pairs only before a quote; an odd one makes the quote a letter.
            into.Append('\\', quote ? slashes / 2 : slashes);
            if (!quote)
            {
                if (slashes == 0)
                    into.Append(line[at++]);
            }
            else if (slashes % 2 == 1)
            {
                into.Append('"');
                at++;
            }
            else if (quoted && at + 1 < line.Length && line[at + 1] == '"')
            {
                // Two quotes within quotes are one, and the quotation goes on.
                into.Append('"');
                at += 2;
            }
            else
            {
                quoted = !quoted;
                at++;
            }
        }

        return at;
    }
}
