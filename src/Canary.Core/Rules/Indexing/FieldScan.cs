using System.Globalization;
using Canary.Findings;

namespace Canary.Rules.Indexing;

/// <summary>Answers all atoms of one field: those of its text, and equality with numbers.</summary>
internal sealed class FieldScan
{
    private readonly LiteralSearch? _within;
    private readonly LiteralTree? _starts;
    private readonly LiteralTree? _ends;
    private readonly int[] _notAscii;
    private readonly Dictionary<double, int[]> _numbers;

    public FieldScan(IReadOnlyCollection<(Atom Atom, int Bit)> atoms, Dictionary<double, int[]> numbers, bool sampled)
    {
        _numbers = numbers;
        _notAscii = [.. atoms.Where(a => a.Atom.Kind == AtomKind.NotAscii).Select(a => a.Bit)];
        var within = atoms.Where(a => a.Atom.Kind == AtomKind.Contains).Select(a => (a.Atom.Literal, a.Bit)).ToArray();
        var starts = atoms.Where(a => a.Atom.Kind is AtomKind.StartsWith or AtomKind.Equals).Select(a => (a.Atom.Literal, a.Atom.Kind == AtomKind.Equals, a.Bit)).ToArray();
        var ends = atoms.Where(a => a.Atom.Kind == AtomKind.EndsWith).Select(a => (a.Atom.Literal, false, a.Bit)).ToArray();
        _within = within.Length == 0 ? null : new LiteralSearch(within, sampled);
        _starts = starts.Length == 0 ? null : new LiteralTree(starts, fromEnd: false);
        _ends = ends.Length == 0 ? null : new LiteralTree(ends, fromEnd: true);
    }

    public long Bytes => (_within?.Bytes ?? 0) + (_starts?.Bytes ?? 0) + (_ends?.Bytes ?? 0);

    public void Read(in FieldValue value, IndexScratch scratch)
    {
        switch (value.Kind)
        {
            case FieldKind.Text:
                Read(value.Text!, scratch);
                break;
            case FieldKind.Number:
                Span<char> digits = stackalloc char[32];
                if (value.Number.TryFormat(digits, out int length, "R", CultureInfo.InvariantCulture))
                    Scan(digits[..length], scratch);
                Number(value.Number, scratch.Bits);
                break;
            case FieldKind.Boolean:
                Scan(value.Boolean ? "true" : "false", scratch);
                break;
            case FieldKind.List:
                foreach (string element in value.List!)
                    Read(element, scratch);
                break;
            default:
                break;
        }
    }

    private void Read(string text, IndexScratch scratch)
    {
        Scan(text, scratch);
        if (_numbers.Count > 0 && NumberTest.TryParse(text, out double number))
            Number(number, scratch.Bits);
    }

    private void Scan(ReadOnlySpan<char> text, IndexScratch scratch)
    {
        var folded = scratch.Text;
        folded.Fold(text);
        _starts?.Scan(folded, scratch.Bits);
        _ends?.Scan(folded, scratch.Bits);
        _within?.Scan(folded, scratch.Bits);
        if (folded.IsAscii)
            return;
        foreach (int bit in _notAscii)
            scratch.Bits.Set(bit);
    }

    private void Number(double number, AtomBits bits)
    {
        if (!_numbers.TryGetValue(number, out int[]? atoms))
            return;
        foreach (int bit in atoms)
            bits.Set(bit);
    }
}
