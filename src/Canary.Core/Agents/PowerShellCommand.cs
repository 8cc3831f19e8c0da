using System.Text;

namespace Canary.Agents;

/// <summary>
/// What PowerShell was told to run, out of its arguments, read as its own parser does: options may be shortened, begin with any dash or
/// a slash, and be written in any case.
/// </summary>
public static class PowerShellCommand
{
    // Windows takes command lines of 32,767 characters; what decodes to more than this is no command.
    private const int MostEncoded = 64 * 1024;
    private const int MostArguments = 256;

    private static readonly string[] WithValue =
    [
        "executionpolicy", "windowstyle", "version", "inputformat", "outputformat", "psconsolefile", "configurationname", "configurationfile",
        "custompipename", "settingsfile", "workingdirectory", "encodedarguments",
    ];

    /// <summary>The text of an encoded command (UTF-16 in Base64); null where there is none, or it does not decode.</summary>
    /// <param name="arguments">With the program's own name first.</param>
    /// <param name="image">The program's path: it counts as well as the name that it was called by.</param>
    public static string? Decoded(IReadOnlyList<string> arguments, string? image = null) =>
        IsShell(arguments, image) && Given(arguments, out bool encoded) is { } given && encoded ? Decode(given) : null;

    /// <summary>As the other, from one line.</summary>
    public static string? Decoded(string line, string? image = null) => Decoded(Words(line), image);

    /// <summary>The text that PowerShell is to run: of <c>-Command</c>, or decoded; null where it is a file, or nothing.</summary>
    internal static string? Script(IReadOnlyList<string> arguments, string? image) =>
        !IsShell(arguments, image) || Given(arguments, out bool encoded) is not { } given ? null : encoded ? Decode(given) : given;

    internal static bool IsShell(IReadOnlyList<string> arguments, string? image) =>
        (image is not null && IsShell(image)) || (arguments.Count > 0 && IsShell(arguments[0]));

    private static bool IsShell(string program)
    {
        var name = program.AsSpan(program.LastIndexOfAny(['/', '\\']) + 1).TrimEnd(" .");
        if (name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
            name = name[..^4];
        return name.Equals("powershell", StringComparison.OrdinalIgnoreCase) || name.Equals("pwsh", StringComparison.OrdinalIgnoreCase)
            || name.Equals("pwsh-preview", StringComparison.OrdinalIgnoreCase);
    }

    private static string? Given(IReadOnlyList<string> arguments, out bool encoded)
    {
        encoded = false;
        for (int i = 1; i < arguments.Count && i < MostArguments; i++)
        {
            string? option = Option(arguments[i]);
            if (option is null)
                return null;
            if (Is(option, "encodedcommand", 1) || option == "ec")
            {
                encoded = true;
                return i + 1 < arguments.Count ? arguments[i + 1] : null;
            }

            if (Is(option, "command", 1))
                return i + 1 < arguments.Count ? string.Join(' ', arguments.Skip(i + 1)) : null;
            if (Is(option, "file", 1))
                return null;
            if (TakesValue(option))
                i++;
        }

        return null;
    }

    private static string? Option(string argument)
    {
        string text = argument.Trim();
        if (text.Length < 2 || text[0] is not ('-' or '/' or '\u2013' or '\u2014' or '\u2015'))
            return null;
        return text[(text[0] == '-' && text[1] == '-' ? 2 : 1)..].ToLowerInvariant();
    }

    private static bool TakesValue(string option)
    {
        if (option is "ep" or "ex" or "if" or "of" or "wd" or "ea" or "cwa" or "config" or "settings")
            return true;
        foreach (string name in WithValue)
        {
            // The shortest prefixes that PowerShell takes differ; none of these options is begun by another's letters.
            if (option.Length >= (name[0] is 'e' or 'c' ? 2 : 1) && name.StartsWith(option, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static bool Is(string option, string name, int shortest) => option.Length >= shortest && name.StartsWith(option, StringComparison.Ordinal);

    private static string? Decode(string text)
    {
        if (text.Length is 0 or > MostEncoded)
            return null;
        byte[] bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text.Trim().Trim('\'', '"'), bytes, out int length) || length < 2)
            return null;
        string decoded = Encoding.Unicode.GetString(bytes, 0, length & ~1);
        return decoded.Contains('\0', StringComparison.Ordinal) ? decoded.Replace("\0", "", StringComparison.Ordinal) : decoded;
    }

    // Enough for options and Base64: quotes keep spaces together and are left out.
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool quoted = false, any = false;
        foreach (char c in line)
        {
            if (c == '"')
                (quoted, any) = (!quoted, true);
            else if (!quoted && c is ' ' or '\t' && !quoted)
            {
                if (any || word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
                any = false;
                if (words.Count >= MostArguments)
                    return words;
            }
            else
                word.Append(c);
        }

        if (any || word.Length > 0)
            words.Add(word.ToString());
        return words;
    }
}
