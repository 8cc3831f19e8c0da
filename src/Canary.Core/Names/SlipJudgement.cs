namespace Canary.Names;

/// <summary>
/// How likely one edit is meant. Its limits are tuned on the popular lists: the first 2,000 names as what is imitated, all others as honest
/// (docs/package-names.md has the figures).
/// </summary>
internal static class SlipJudgement
{
    private const int Short = 5, Middle = 7, Long = 9;

    /// <summary>Null for an edit that tells nothing: another number, or another letter in a short word.</summary>
    public static Likeness? Of(Slip slip, ReadOnlySpan<char> name, ReadOnlySpan<char> target, string known)
    {
        var (word, at) = Word(name, slip.At);
        bool inside = at > 0 && at < word.Length - 1;
        bool letters = !char.IsAsciiDigit(slip.Wrong) && !char.IsAsciiDigit(slip.Right);
        if (char.IsAsciiDigit(slip.Wrong) && char.IsAsciiDigit(slip.Right) || slip.Kind == LikenessKind.Replaced && (word.Length < Middle || !inside))
            return null;
        bool likely = slip.Kind switch
        {
            // Few scopes are one edit from another; of short words many are.
            LikenessKind.Swapped => letters && (word.Length > Short || word.Length == Short && name[0] == '@' && slip.At < name.IndexOf('/')),
            LikenessKind.Doubled => letters && word.Length > Short && inside,
            LikenessKind.LookAlike => word.Length >= Short,
            LikenessKind.KeyboardNeighbour => letters && inside && word.Length >= Middle,
            LikenessKind.Omitted => letters && inside && word.Length >= Middle && (slip.Right == word[at - 1] || word.Length >= Long),
            LikenessKind.Added => letters && inside && word.Length >= Long && (Slip.AreNeighbours(slip.Wrong, word[at - 1]) || Slip.AreNeighbours(slip.Wrong, word[at + 1])),
            LikenessKind.Replaced => letters && inside && word.Length >= Long,
            _ => false,
        };
        string how = slip.Kind switch
        {
            LikenessKind.Swapped => "two neighbouring letters changed places",
            LikenessKind.Doubled => $"'{slip.Wrong}' stands twice",
            LikenessKind.Omitted => $"'{slip.Right}' is left out",
            LikenessKind.Added => $"'{slip.Wrong}' is put in",
            LikenessKind.LookAlike => $"'{slip.Wrong}' stands for '{slip.Right}', which looks alike",
            LikenessKind.KeyboardNeighbour => $"'{slip.Wrong}' stands for '{slip.Right}', the key beside",
            _ => $"'{slip.Wrong}' stands for '{slip.Right}'",
        };
        return new Likeness(slip.Kind, likely ? LikenessStrength.Likely : LikenessStrength.Weak, known, $"is '{known}' but for one edit: {how}");
    }

    private static (string Word, int At) Word(ReadOnlySpan<char> name, int at)
    {
        at = Math.Min(at, name.Length - 1);
        int start = at, end = at;
        while (start > 0 && !NameForms.IsSeparator(name[start - 1]))
            start--;
        while (end < name.Length && !NameForms.IsSeparator(name[end]))
            end++;
        return (name[start..end].ToString(), at - start);
    }
}
