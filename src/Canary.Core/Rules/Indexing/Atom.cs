using System.Text;
using Mark = Canary.Rules.SigmaText.Mark;

namespace Canary.Rules.Indexing;

/// <summary>A plain comparison that one pass over a field answers for every rule at once: ASCII, case ignored.</summary>
/// <param name="Slot">The field, or <see cref="AnyField"/>.</param>
/// <param name="Literal">In capitals.</param>
internal readonly record struct Atom(int Slot, AtomKind Kind, string Literal)
{
    /// <summary>For keywords, which may stand in any field.</summary>
    public const int AnyField = -1;

    // Two or three characters stand in half of all command lines: finding them costs time and says little.
    private const int LeastTelling = 4;

    /// <summary>Worth looking for only where a rule has nothing better; otherwise asked of the text when the rest of the rule holds.</summary>
    public bool IsWeak => Kind == AtomKind.Contains && Literal.Length < LeastTelling;

    /// <summary>The atom that says exactly what the glob says; null where there is none.</summary>
    public static Atom? Exactly(int slot, Glob glob)
    {
        var marks = glob.Source.Marks.AsSpan();
        bool openStart = marks.Length > 0 && marks[0] == Mark.Any, openEnd = marks.Length > 0 && marks[^1] == Mark.Any;
        int start = openStart ? 1 : 0, end = marks.Length - (openEnd ? 1 : 0);
        if (glob.Cased || start >= end || marks[start..end].ContainsAny(Mark.Any, Mark.One, Mark.Dash))
            return null;
        var kind = openStart ? openEnd ? AtomKind.Contains : AtomKind.EndsWith : openEnd ? AtomKind.StartsWith : AtomKind.Equals;
        return Of(slot, kind, glob.Source.Characters[start..end]);
    }

    /// <summary>An atom that holds whenever the glob does: its longest piece of plain text, or that it is not ASCII. Null where it has none.</summary>
    public static Atom? Within(int slot, Glob glob)
    {
        Atom? best = null;
        var (text, marks) = (glob.Source.Characters, glob.Source.Marks);
        if (!Ascii.IsValid(text))
            return new Atom(slot, AtomKind.NotAscii, "");
        for (int start = 0; start < marks.Length;)
        {
            int end = start;
            while (end < marks.Length && marks[end] is Mark.Literal or Mark.Escaped && char.IsAscii(text[end]))
                end++;
            if (end - start > (best?.Literal.Length ?? 0))
                best = Of(slot, AtomKind.Contains, text[start..end]);
            start = Math.Max(end, start + 1);
        }

        return best;
    }

    public static Atom? Of(int slot, AtomKind kind, string literal) =>
        literal.Length > 0 && Ascii.IsValid(literal) ? new Atom(slot, kind, literal.ToUpperInvariant()) : null;
}

internal enum AtomKind : byte
{
    Contains,
    StartsWith,
    EndsWith,
    Equals,

    /// <summary>The text has a character beyond ASCII. Rules that look for emoji or homoglyphs hold thousands of them.</summary>
    NotAscii,
}
