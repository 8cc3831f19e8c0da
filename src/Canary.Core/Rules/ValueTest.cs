using System.Globalization;
using Canary.Findings;

namespace Canary.Rules;

/// <summary>What a rule asks of one field value. A list of values satisfies it when one of them does.</summary>
internal abstract class ValueTest
{
    public abstract bool Holds(in FieldValue value, Reading reading);

    /// <summary>In words that stand behind the field's name, for `explain`: <c>ends with '/curl'</c>.</summary>
    public abstract string Words { get; }

    /// <summary>As <see cref="Condition.Cost"/>.</summary>
    public virtual int Cost => 1;

    /// <summary>Where in a text for which it holds the reason stands; null where that is all of it.</summary>
    public virtual Range? Where(string text) => null;
}

/// <summary>A test of the value's text, whatever its kind.</summary>
internal abstract class TextualTest : ValueTest
{
    protected abstract bool Holds(ReadOnlySpan<char> text, Reading reading);

    public sealed override bool Holds(in FieldValue value, Reading reading)
    {
        switch (value.Kind)
        {
            case FieldKind.Text:
                return Holds(value.Text, reading);
            case FieldKind.Number:
                Span<char> digits = stackalloc char[32];
                return value.Number.TryFormat(digits, out int length, "R", CultureInfo.InvariantCulture) && Holds(digits[..length], reading);
            case FieldKind.Boolean:
                return Holds(value.Boolean ? "true" : "false", reading);
            case FieldKind.List:
                foreach (string element in value.List!)
                {
                    if (Holds(element.AsSpan(), reading))
                        return true;
                }

                return false;
            default:
                return false;
        }
    }
}

internal sealed class GlobTest(Glob glob) : TextualTest
{
    public Glob Glob { get; } = glob;

    public override string Words => Glob.Words;

    public override int Cost => Glob.IsSearched ? 10 : 1;

    public override Range? Where(string text) => Glob.Where(text);

    protected override bool Holds(ReadOnlySpan<char> text, Reading reading) => Glob.Matches(text);
}

/// <summary>The field is absent, or present with no value.</summary>
internal sealed class NullTest : ValueTest
{
    public override string Words => "is absent";

    public override bool Holds(in FieldValue value, Reading reading) => value.IsAbsent;
}

internal sealed class ExistsTest(bool wanted) : ValueTest
{
    public bool Wanted { get; } = wanted;

    public override string Words => Wanted ? "is present" : "is not present";

    public override bool Holds(in FieldValue value, Reading reading) => (value.Kind != FieldKind.Absent) == Wanted;
}

internal sealed class BooleanTest(bool wanted) : TextualTest
{
    public bool Wanted { get; } = wanted;

    public override string Words => Wanted ? "is true" : "is false";

    protected override bool Holds(ReadOnlySpan<char> text, Reading reading) => text.Equals(Wanted ? "true" : "false", StringComparison.OrdinalIgnoreCase);
}
