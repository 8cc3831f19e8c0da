namespace Canary.Surface;

/// <summary>Questions to a path, in which letter case is nothing.</summary>
internal static class ConfigPath
{
    // What is installed there is built, tested and configured elsewhere: its workflows and tasks never run here.
    private static readonly string[] Installed = ["node_modules", "site-packages", "vendor", ".nuget", ".cargo"];

    public static bool Is(ReadOnlySpan<char> name, ReadOnlySpan<string> names)
    {
        foreach (string known in names)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>Whether the last parts of a directory are these, as <c>.github/workflows</c>.</summary>
    public static bool EndsWith(ReadOnlySpan<char> directory, ReadOnlySpan<char> parts) =>
        directory.EndsWith(parts, StringComparison.OrdinalIgnoreCase) && (directory.Length == parts.Length || directory[^(parts.Length + 1)] == '/');

    public static bool EndsWithAny(ReadOnlySpan<char> directory, ReadOnlySpan<string> all)
    {
        foreach (string parts in all)
        {
            if (EndsWith(directory, parts))
                return true;
        }

        return false;
    }

    /// <summary>Whether these parts stand one after the other anywhere in the directory.</summary>
    public static bool Holds(ReadOnlySpan<char> directory, ReadOnlySpan<char> parts)
    {
        for (int from = 0; from <= directory.Length - parts.Length;)
        {
            int at = directory[from..].IndexOf(parts, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                return false;
            int begin = from + at, end = begin + parts.Length;
            if ((begin == 0 || directory[begin - 1] == '/') && (end == directory.Length || directory[end] == '/'))
                return true;
            from = begin + 1;
        }

        return false;
    }

    public static bool HoldsAny(ReadOnlySpan<char> directory, ReadOnlySpan<string> all)
    {
        foreach (string parts in all)
        {
            if (Holds(directory, parts))
                return true;
        }

        return false;
    }

    public static bool IsInstalled(ReadOnlySpan<char> directory) => HoldsAny(directory, Installed);

    public static bool HasEnding(ReadOnlySpan<char> name, ReadOnlySpan<string> ends)
    {
        foreach (string end in ends)
        {
            if (name.EndsWith(end, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
