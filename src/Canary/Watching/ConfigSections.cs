namespace Canary.Watching;

/// <summary>canary.yml cut at its top-level keys, to tell which part a change is in.</summary>
internal static class ConfigSections
{
    /// <summary>The keys whose text differs, comments and blank lines apart, in the order of the new text.</summary>
    public static IReadOnlyList<string> Changed(string before, string after)
    {
        var (old, now) = (Of(before), Of(after));
        return [.. now.Keys.Concat(old.Keys).Distinct().Where(k => old.GetValueOrDefault(k, "") != now.GetValueOrDefault(k, ""))];
    }

    private static Dictionary<string, string> Of(string text)
    {
        var sections = new Dictionary<string, string>(StringComparer.Ordinal);
        string key = "the beginning";
        foreach (string line in text.Split('\n'))
        {
            string trimmed = line.TrimEnd();
            if (trimmed.Length == 0 || trimmed.TrimStart().StartsWith('#') || trimmed == "---")
                continue;
            int colon = trimmed.IndexOf(':');
            if (!char.IsWhiteSpace(trimmed[0]) && trimmed[0] is not ('-' or '}' or ']') && colon > 0)
                key = trimmed[..colon].Trim('"', '\'', '{', ' ');
            sections[key] = sections.GetValueOrDefault(key, "") + WithoutComment(trimmed) + "\n";
        }

        return sections;
    }

    // A «#» within quotes stays with what follows: then a changed comment is taken for a change, which is told and harms nothing.
    private static string WithoutComment(string line)
    {
        int at = line.IndexOf(" #", StringComparison.Ordinal);
        return at < 0 || line.AsSpan(0, at).ContainsAny('"', '\'') ? line : line[..at].TrimEnd();
    }
}
