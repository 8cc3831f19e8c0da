namespace Canary.Text;

/// <summary>The known word that a mistyped one most likely meant.</summary>
public static class Nearest
{
    /// <summary>The closest of <paramref name="known"/> by edit distance, case ignored; null when none is near enough to be worth saying.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        string? best = null;
        int least = Math.Max(1, word.Length / 3) + 1;
        foreach (string candidate in known)
        {
            int distance = Distance(word, candidate, least);
            if (distance < least && distance < word.Length)
                (best, least) = (candidate, distance);
        }

        return best;
    }

    /// <summary>«; did you mean 'x'?», or nothing.</summary>
    public static string Suggestion(string word, IEnumerable<string> known) => To(word, known) is { } near ? $"; did you mean '{near}'?" : "";

    private static int Distance(string a, string b, int limit)
    {
        if (a.Length > 64 || Math.Abs(a.Length - b.Length) >= limit)
            return limit;
        // Two neighbours that changed places are one slip, so the row before the last is kept too.
        Span<int> row = stackalloc int[b.Length + 1], older = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0], swapped = 0;
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int best = diagonal + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    best = Math.Min(best, swapped + 1);
                (swapped, older[j - 1], diagonal) = (older[j - 1], diagonal, row[j]);
                row[j] = Math.Min(best, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
