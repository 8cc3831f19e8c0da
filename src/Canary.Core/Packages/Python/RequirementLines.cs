using System.Text;

namespace Canary.Packages.Python;

/// <summary>The lines of a requirements file as pip joins them, with the line on which each begins.</summary>
internal static class RequirementLines
{
    /// <summary>A backslash at the end goes on; «#» at the start or behind white space begins a comment.</summary>
    public static IEnumerable<(string Text, int Line)> Of(SourceFile file)
    {
        string[] lines = Encoding.UTF8.GetString(file.Bytes.Span).TrimStart('\uFEFF').Split('\n');
        var joined = new StringBuilder();
        int first = 1;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (joined.Length == 0)
                first = i + 1;
            bool goesOn = line.EndsWith('\\') && !line.AsSpan().TrimStart().StartsWith("#");
            if (goesOn)
                joined.Append(line.AsSpan(..^1)).Append(' ');
            else
                joined.Append(line);
            if (goesOn && i < lines.Length - 1)
                continue;
            if (WithoutComment(joined.ToString()) is { Length: > 0 } text)
                yield return (text, first);
            joined.Clear();
        }
    }

    /// <summary>The value of an option; null where the line is not this option. pip takes <c>-rother.txt</c> too.</summary>
    public static string? Option(string text, string? brief, string name)
    {
        if (text.StartsWith(name, StringComparison.Ordinal) && text.Length > name.Length && text[name.Length] is ' ' or '\t' or '=')
            return Unquoted(text[(name.Length + 1)..]);
        return brief is not null && text.StartsWith(brief, StringComparison.Ordinal) && text.Length > brief.Length ? Unquoted(text[brief.Length..]) : null;
    }

    /// <summary>The requirement without the options behind it, and the hashes among them, with a space between.</summary>
    public static (string Requirement, string? Hashes) Split(string text)
    {
        int options = text.IndexOf(" --", StringComparison.Ordinal);
        if (options < 0)
            return (text, null);
        var hashes = new List<string>();
        string[] words = text[options..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i].StartsWith("--hash=", StringComparison.Ordinal))
                hashes.Add(words[i]["--hash=".Length..]);
            else if (words[i] == "--hash" && i + 1 < words.Length)
                hashes.Add(words[++i]);
        }

        return (text[..options].Trim(), hashes.Count > 0 ? string.Join(' ', hashes) : null);
    }

    private static string Unquoted(string value) => value.Trim(' ', '\t', '=', '"', '\'');

    private static string WithoutComment(string line)
    {
        for (int at = line.IndexOf('#'); at >= 0; at = line.IndexOf('#', at + 1))
        {
            if (at == 0 || char.IsWhiteSpace(line[at - 1]))
                return line[..at].Trim();
        }

        return line.Trim();
    }
}
