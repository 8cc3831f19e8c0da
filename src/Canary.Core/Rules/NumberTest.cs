using System.Globalization;
using Canary.Findings;

namespace Canary.Rules;

/// <summary>A comparison with a number. Text that is a number counts as one.</summary>
/// <param name="written">As the rule has it: <c>0x1010</c> must also match a field that holds just that text.</param>
internal sealed class NumberTest(Comparison comparison, double wanted, string written) : ValueTest
{
    public Comparison Comparison { get; } = comparison;

    public double Wanted { get; } = wanted;

    public string Written { get; } = written;

    public override string Words => Comparison switch
    {
        Comparison.Equal => "is ",
        Comparison.Less => "is below ",
        Comparison.LessOrEqual => "is at most ",
        Comparison.Greater => "is above ",
        _ => "is at least ",
    } + Written;

    public override bool Holds(in FieldValue value, Reading reading)
    {
        if (value.Kind == FieldKind.Number)
            return Holds(value.Number);
        if (value.Text is { } text)
            return Holds(text);
        foreach (string element in value.List ?? [])
        {
            if (Holds(element))
                return true;
        }

        return false;
    }

    public bool Holds(double number) => Comparison switch
    {
        Comparison.Equal => number == Wanted,
        Comparison.Less => number < Wanted,
        Comparison.LessOrEqual => number <= Wanted,
        Comparison.Greater => number > Wanted,
        _ => number >= Wanted,
    };

    private bool Holds(string text) =>
        (TryParse(text, out double number) && Holds(number))
        || (Comparison == Comparison.Equal && text.Equals(Written, StringComparison.OrdinalIgnoreCase));

    /// <summary>What text counts as a number.</summary>
    public static bool TryParse(string text, out double number)
    {
        number = 0;
        return text.Length <= 40
            && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}

internal enum Comparison
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
