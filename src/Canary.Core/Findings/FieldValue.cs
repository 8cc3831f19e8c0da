namespace Canary.Findings;

/// <summary>The value of one field of a subject. <c>default</c> is an absent field.</summary>
public readonly struct FieldValue : IEquatable<FieldValue>
{
    private readonly object? _object;
    private readonly double _number;

    private FieldValue(FieldKind kind, object? value, double number)
    {
        Kind = kind;
        _object = value;
        _number = number;
    }

    public FieldKind Kind { get; }

    public bool IsAbsent => Kind is FieldKind.Absent or FieldKind.Null;

    public static FieldValue Absent => default;

    /// <summary>Present in the record with no value; Sigma's <c>null</c> matches it as it does an absent field.</summary>
    public static FieldValue Null => new(FieldKind.Null, null, 0);

    public static FieldValue Of(string? text) => text is null ? default : new(FieldKind.Text, text, 0);

    /// <summary>A whole or fractional number; its text form is the invariant, shortest one.</summary>
    public static FieldValue Of(double number) => new(FieldKind.Number, null, number);

    public static FieldValue Of(bool value) => new(FieldKind.Boolean, null, value ? 1 : 0);

    /// <summary>Many values: a match on any of them is a match.</summary>
    public static FieldValue Of(string[] list) => new(FieldKind.List, list, 0);

    /// <summary>The text of a <see cref="FieldKind.Text"/> value, else null.</summary>
    public string? Text => Kind == FieldKind.Text ? (string?)_object : null;

    public double Number => _number;

    public bool Boolean => _number != 0;

    public string[]? List => Kind == FieldKind.List ? (string[]?)_object : null;

    /// <summary>The value as text whatever its kind; null when absent. Lists are joined with a comma and a space.</summary>
    public override string? ToString() => Kind switch
    {
        FieldKind.Text => (string)_object!,
        FieldKind.Number => _number.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        FieldKind.Boolean => _number != 0 ? "true" : "false",
        FieldKind.List => string.Join(", ", (string[])_object!),
        _ => null,
    };

    public bool Equals(FieldValue other) => Kind == other.Kind && _number.Equals(other._number) && Equals(_object, other._object);

    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Kind, _number, _object);

    public static bool operator ==(FieldValue left, FieldValue right) => left.Equals(right);

    public static bool operator !=(FieldValue left, FieldValue right) => !left.Equals(right);
}

public enum FieldKind : byte
{
    Absent,
    Null,
    Text,
    Number,
    Boolean,
    List,
}
