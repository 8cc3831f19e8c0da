using System.Globalization;
using Canary.Findings;

namespace Canary.Rules.Indexing;

/// <summary>Answers all atoms of one field: those of its text, and equality with numbers.</summary>
internal sealed class FieldScan(AtomAutomaton automaton, IReadOnlyDictionary<double, int[]> numbers)
{
    private readonly Dictionary<double, int[]> _numbers = new(numbers);

    public int Bytes => automaton.Bytes;

    public void Read(in FieldValue value, ulong[] bits)
    {
        switch (value.Kind)
        {
            case FieldKind.Text:
                Read(value.Text!, bits);
                break;
            case FieldKind.Number:
                Span<char> digits = stackalloc char[32];
                if (value.Number.TryFormat(digits, out int length, "R", CultureInfo.InvariantCulture))
                    automaton.Scan(digits[..length], bits);
                Number(value.Number, bits);
                break;
            case FieldKind.Boolean:
                automaton.Scan(value.Boolean ? "true" : "false", bits);
                break;
            case FieldKind.List:
                foreach (string element in value.List!)
                    Read(element, bits);
                break;
            default:
                break;
        }
    }

    private void Read(string text, ulong[] bits)
    {
        automaton.Scan(text, bits);
        if (_numbers.Count > 0 && NumberTest.TryParse(text, out double number))
            Number(number, bits);
    }

    private void Number(double number, ulong[] bits)
    {
        if (!_numbers.TryGetValue(number, out int[]? atoms))
            return;
        foreach (int bit in atoms)
            bits[bit >> 6] |= 1UL << bit;
    }
}
