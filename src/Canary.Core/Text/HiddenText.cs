using System.Text;

namespace Canary.Text;

/// <summary>
/// Text that nobody sees: bytes as variation selectors (GlassWorm: U+FE00–FE0F for 0–15, U+E0100–E01EF for 16–255), ASCII as tag
/// characters (U+E0020–E007E), bits as zero-width characters.
/// </summary>
/// <param name="Decoded">What it says, as far as it is text; controls as they are.</param>
/// <param name="Characters">How many invisible characters the longest run has.</param>
/// <param name="At">Where that run begins, in characters of the text.</param>
public sealed record HiddenText(string Decoded, int Characters, int At)
{
    /// <summary>An emoji has one or two, a flag made of tags six or seven.</summary>
    public const int FewestCharacters = 8;

    private const int MostDecoded = 4096;

    /// <summary>The longest run of invisible characters; null when none is longer than what emoji have.</summary>
    public static HiddenText? Find(string text)
    {
        int best = 0, bestAt = 0, run = 0, runAt = 0;
        for (int i = 0; i < text.Length; i++)
        {
            // Plain text goes by at the speed of memory.
            if (run == 0)
            {
                int skip = text.AsSpan(i).IndexOfAnyExceptInRange('\0', '\u1fff');
                if (skip < 0)
                    break;
                i += skip;
            }

            int value = Value(text, i, out int length);
            if (value == NotHidden)
            {
                run = 0;
                i += length - 1;
                continue;
            }

            if (run++ == 0)
                runAt = i;
            if (run > best)
                (best, bestAt) = (run, runAt);
            i += length - 1;
        }

        return best < FewestCharacters ? null : new HiddenText(Decode(text, bestAt, best), best, bestAt);
    }

    private const int NotHidden = -1, Zero = 256, One = 257, Nothing = 258;

    private static int Value(string text, int at, out int length)
    {
        length = 1;
        char c = text[at];
        if (char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        {
            length = 2;
            int rune = char.ConvertToUtf32(c, text[at + 1]);
            return rune is >= 0xE0100 and <= 0xE01EF ? rune - 0xE0100 + 16
                : rune is >= 0xE0020 and <= 0xE007E ? rune - 0xE0000
                : rune is >= 0xE0000 and <= 0xE007F ? Nothing : NotHidden;
        }

        return c switch
        {
            >= '\uFE00' and <= '\uFE0F' => c - '\uFE00',
            '\u200B' => Zero,
            '\u200C' or '\u200D' => One,
            '\u2060' or '\u2062' or '\u2063' or '\u2064' or '\u180E' or '\uFEFF' or '\u3164' or '\uFFA0' => Nothing,
            _ => NotHidden,
        };
    }

    private static string Decode(string text, int at, int characters)
    {
        var bytes = new List<byte>();
        int bits = 0, bit = 0;
        for (int seen = 0; seen < characters && bytes.Count < MostDecoded; seen++)
        {
            int value = Value(text, at, out int length);
            at += length;
            if (value < Zero)
            {
                bytes.Add((byte)value);
            }
            else if (value is Zero or One)
            {
                bits = (bits << 1) | (value - Zero);
                if (++bit % 8 == 0)
                    bytes.Add((byte)bits);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
