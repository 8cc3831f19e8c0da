namespace Canary.Text;

/// <summary>
/// A glob over paths with <c>/</c>: <c>*</c> and <c>?</c> within a part, <c>**</c> for any number of parts. Without a slash it means a
/// file or directory of that name wherever it lies. What matches a directory matches all below it. Time is bounded by path × glob.
/// </summary>
public sealed class PathGlob
{
    private readonly string[] _parts;

    public PathGlob(string glob)
    {
        Source = glob;
        string[] parts = glob.Split('/', StringSplitOptions.RemoveEmptyEntries);
        _parts = parts.Length == 1 && !glob.StartsWith('/') ? ["**", parts[0]] : parts;
    }

    /// <summary>As it was written.</summary>
    public string Source { get; }

    public bool Matches(string path)
    {
        // Which heads of the glob the path's parts so far can be: a row a part, as all ways at once.
        Span<bool> heads = _parts.Length < 256 ? stackalloc bool[_parts.Length + 1] : new bool[_parts.Length + 1];
        heads[0] = true;
        Skip(heads);
        foreach (var range in path.AsSpan().Split('/'))
        {
            var part = path.AsSpan()[range];
            for (int i = _parts.Length; i > 0; i--)
                heads[i] = (heads[i - 1] && IsPart(_parts[i - 1], part)) || (heads[i] && _parts[i - 1] == "**");
            heads[0] = false;
            Skip(heads);
            if (heads[^1])
                return true;
        }

        return false;
    }

    // «**» may stand for nothing.
    private void Skip(Span<bool> heads)
    {
        for (int i = 0; i < _parts.Length; i++)
            heads[i + 1] |= heads[i] && _parts[i] == "**";
    }

    private static bool IsPart(string glob, ReadOnlySpan<char> text)
    {
        if (glob == "**")
            return true;
        int g = 0, t = 0, star = -1, from = 0;
        while (t < text.Length)
        {
            if (g < glob.Length && (glob[g] == '?' || (glob[g] == text[t] && glob[g] != '*')))
                (g, t) = (g + 1, t + 1);
            else if (g < glob.Length && glob[g] == '*')
                (star, from, g) = (g, t, g + 1);
            else if (star >= 0)
                (g, t) = (star + 1, ++from);
            else
                return false;
        }

        while (g < glob.Length && glob[g] == '*')
            g++;
        return g == glob.Length;
    }
}
