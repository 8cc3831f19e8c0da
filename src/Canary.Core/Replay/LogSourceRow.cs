using System.Globalization;
using Canary.Findings;

namespace Canary.Replay;

/// <summary>What an event is when it has the values of <see cref="When"/>: its log source, and the names that Sigma has for its fields.</summary>
internal sealed class LogSourceRow(LogSource source)
{
    public LogSource Source { get; } = source;

    /// <summary>Fields that must be there.</summary>
    public IReadOnlyList<string> Has { get; init; } = [];

    /// <summary>Values of which a field must have one.</summary>
    public IReadOnlyList<(string Field, IReadOnlyList<string> Values)> When { get; init; } = [];

    /// <summary>A field under Sigma's name, and those it is made of.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> From)> Fields { get; init; } = [];

    /// <summary>Fields whose hexadecimal text is a number.</summary>
    public IReadOnlyList<string> Hex { get; init; } = [];

    public bool Fits(FieldBag bag, FieldNames names)
    {
        foreach (string name in Has)
        {
            if (bag[names.Of(name)].IsAbsent)
                return false;
        }

        foreach (var (field, values) in When)
        {
            string? value = bag[names.Of(field)].ToString();
            if (value is null || !values.Any(wanted => Matches(value, wanted)))
                return false;
        }

        return true;
    }

    /// <summary>Adds the fields under Sigma's names. All are read before one is written: 4688 has the parent's id where Sigma has the child's.</summary>
    public void Name(FieldBag bag, FieldNames names)
    {
        if (Fields.Count == 0 && Hex.Count == 0)
            return;
        var made = Fields.Select(field => (field.Name, Value: Made(bag, names, field.From))).ToArray();
        foreach (var (name, value) in made)
        {
            if (value.Kind != FieldKind.Absent)
                bag.Add(names.Of(name), value, replace: true);
        }

        foreach (string name in Hex)
        {
            if (bag[names.Of(name)].Text is { } text && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long number) && number is >= 0 and <= uint.MaxValue)
                bag.Add(names.Of(name), FieldValue.Of(number), replace: true);
        }
    }

    private static FieldValue Made(FieldBag bag, FieldNames names, IReadOnlyList<string> from)
    {
        if (from.Count == 1)
            return bag[names.Of(from[0])];
        string[] parts = [.. from.Select(name => bag[names.Of(name)].ToString()).Where(part => part is not (null or "" or "-")).Select(part => part!)];
        return parts.Length == 0 ? default : FieldValue.Of(string.Join('\\', parts));
    }

    private static bool Matches(string value, string wanted) => wanted.EndsWith('*')
        ? value.AsSpan().StartsWith(wanted.AsSpan(0, wanted.Length - 1), StringComparison.OrdinalIgnoreCase)
        : value.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
