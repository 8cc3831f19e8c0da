namespace Canary.Packages.NuGet;

/// <summary>NuGet's versions and ranges (https://learn.microsoft.com/nuget/concepts/package-versioning).</summary>
public static class NuGetVersion
{
    /// <summary>The form under which a feed lists a version: <c>1.0</c> and <c>01.0.0.0+build</c> are <c>1.0.0</c>. What is no version stays as it is.</summary>
    public static string Normal(string version)
    {
        int build = version.IndexOf('+', StringComparison.Ordinal);
        string plain = build < 0 ? version : version[..build];
        int dash = plain.IndexOf('-', StringComparison.Ordinal);
        string label = dash < 0 ? "" : plain[dash..];
        string[] parts = (dash < 0 ? plain : plain[..dash]).Split('.');
        if (parts.Length is < 1 or > 4)
            return version;
        Span<int> numbers = stackalloc int[4];
        numbers.Clear();
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out numbers[i]))
                return version;
        }

        string normal = $"{numbers[0]}.{numbers[1]}.{numbers[2]}";
        return (numbers[3] > 0 ? $"{normal}.{numbers[3]}" : normal) + label;
    }

    /// <summary>
    /// The version that a project gets that asks for this: of <c>1.2.3</c>, <c>[1.2.3]</c> and <c>[1.2.3, )</c>, since NuGet takes the lowest
    /// that will do. Null for what only narrows: floating versions, ranges with another end, properties.
    /// </summary>
    public static string? Asked(string? requested)
    {
        if (requested?.Trim() is not { Length: > 0 } range)
            return null;
        if (!range.StartsWith('['))
            return IsVersion(range) ? range : null;
        if (range[^1] is not (')' or ']'))
            return null;
        string[] ends = range[1..^1].Split(',', StringSplitOptions.TrimEntries);
        bool exact = ends.Length == 1 ? range[^1] == ']' : ends.Length == 2 && (ends[1].Length == 0 || (ends[1] == ends[0] && range[^1] == ']'));
        return exact && IsVersion(ends[0]) ? ends[0] : null;
    }

    private static bool IsVersion(string text) =>
        text.Length > 0 && char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+');
}
