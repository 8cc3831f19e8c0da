namespace Canary.Models.Templates;

internal enum JinjaKind : byte
{
    Text,
    OutputBegin,
    OutputEnd,
    TagBegin,
    TagEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <param name="Text">Of a string what it means, without quotes and escapes.</param>
/// <param name="At">In characters of the template.</param>
/// <param name="Obscured">A string that writes letters, digits or underscores by their numbers.</param>
internal readonly record struct JinjaToken(JinjaKind Kind, string Text, int At, bool Obscured = false)
{
    public bool Is(string text) => Kind is JinjaKind.Operator or JinjaKind.Name && Text == text;
}
