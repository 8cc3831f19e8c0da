using System.Globalization;
using System.Text;

namespace Canary.Names;

/// <summary>Letters that look like ASCII ones and are not (https://www.unicode.org/reports/tr39/#Confusable_Detection).</summary>
public static class Confusables
{
    /// <summary>
    /// What there is to say of a name that is not plain ASCII; null for names that are, and for names that are honestly of another script: a
    /// confusable letter counts where it stands beside ASCII letters in one word, or where the whole name looks like ASCII and is not.
    /// </summary>
    public static ConfusableName? Find(string name)
    {
        if (Ascii.IsValid(name))
            return null;
        var skeleton = new StringBuilder(name.Length);
        var letters = new List<Rune>();
        bool hidden = false, mixed = false, foreign = false, wordHasAscii = false, wordHasConfusable = false;
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                char c = char.ToLowerInvariant((char)rune.Value);
                skeleton.Append(c);
                if (char.IsAsciiLetter(c))
                    wordHasAscii = true;
                else if (!char.IsAsciiDigit(c))
                    wordHasAscii = wordHasConfusable = false;
            }
            else if (IsHidden(rune))
            {
                hidden = true;
            }
            else if (LookOf(rune, out bool marked) is not { } look)
            {
                foreign = true;
                skeleton.Append(rune);
            }
            else
            {
                skeleton.Append(look);
                // A word of French has its accents by right: they only tell whom a name looks like.
                if (marked)
                    continue;
                letters.Add(rune);
                wordHasConfusable = true;
            }

            mixed |= wordHasAscii && wordHasConfusable;
        }

        bool deceives = hidden || mixed || (letters.Count > 0 && !foreign);
        return deceives ? new ConfusableName(skeleton.ToString(), letters, hidden) : null;
    }

    /// <summary>The lower case ASCII character that a rune looks like; null for none.</summary>
    /// <param name="marked">It carries a mark, and only nearly looks the same.</param>
    public static char? LookOf(Rune rune, out bool marked)
    {
        var entries = ConfusableTable.Entries;
        int low = 0, high = entries.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            uint entry = entries[middle];
            if (entry >> 8 == (uint)rune.Value)
            {
                marked = (entry & ConfusableTable.Marked) != 0;
                return (char)(entry & 0x7F);
            }

            if (entry >> 8 < (uint)rune.Value)
                low = middle + 1;
            else
                high = middle - 1;
        }

        marked = false;
        return null;
    }

    // Variation selectors and Hangul fillers are letters and marks by their category, and leave no trace on a screen.
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or 0x034F or 0x115F or 0x1160 or 0x3164 or 0xFFA0;
}

/// <summary>A name that looks like another one.</summary>
/// <param name="Skeleton">What it looks like, in lower case; may hold letters that look like no ASCII.</param>
/// <param name="Letters">That are not what they look like, in their order.</param>
/// <param name="HasHidden">Characters stand in it that are not seen.</param>
public sealed record ConfusableName(string Skeleton, IReadOnlyList<Rune> Letters, bool HasHidden);
