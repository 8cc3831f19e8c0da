namespace Canary.Models.Templates;

/// <summary>A part of a parsed template.</summary>
/// <param name="At">Where it begins, in characters of the template.</param>
internal abstract record JinjaNode(int At);

internal sealed record JinjaLiteral(int At, string Text) : JinjaNode(At);

internal sealed record JinjaOutput(int At, JinjaNode Value) : JinjaNode(At);

/// <summary><c>if</c> and its <c>elif</c>s; <c>else</c> has no condition.</summary>
internal sealed record JinjaIf(int At, IReadOnlyList<(JinjaNode? Condition, IReadOnlyList<JinjaNode> Body)> Branches) : JinjaNode(At);

internal sealed record JinjaFor(int At, JinjaNode Target, JinjaNode Source, JinjaNode? Filter, IReadOnlyList<JinjaNode> Body, IReadOnlyList<JinjaNode> Else) : JinjaNode(At);

/// <summary><c>set</c> with a value, or with a body.</summary>
internal sealed record JinjaSet(int At, JinjaNode Target, JinjaNode? Value, IReadOnlyList<JinjaNode> Body) : JinjaNode(At);

internal sealed record JinjaMacro(int At, string Name, IReadOnlyList<JinjaArgument> Parameters, IReadOnlyList<JinjaNode> Body) : JinjaNode(At);

/// <summary>A tag with a body that only brackets it, or hands it to a call or a filter.</summary>
internal sealed record JinjaBlock(int At, string Word, IReadOnlyList<JinjaArgument> Parts, IReadOnlyList<JinjaNode> Body) : JinjaNode(At);

/// <summary>A tag without a body: <c>break</c>, <c>do</c>, <c>include</c>.</summary>
internal sealed record JinjaTag(int At, string Word, JinjaNode? Value) : JinjaNode(At);

/// <param name="Value">A string, a long, a double, a bool, or null.</param>
internal sealed record JinjaConstant(int At, object? Value, bool Obscured = false) : JinjaNode(At);

internal sealed record JinjaName(int At, string Name) : JinjaNode(At);

internal sealed record JinjaList(int At, IReadOnlyList<JinjaNode> Entries) : JinjaNode(At);

internal sealed record JinjaDictionary(int At, IReadOnlyList<(JinjaNode Key, JinjaNode Value)> Entries) : JinjaNode(At);

internal sealed record JinjaAttribute(int At, JinjaNode Target, string Name) : JinjaNode(At);

internal sealed record JinjaIndex(int At, JinjaNode Target, JinjaNode Index) : JinjaNode(At);

internal sealed record JinjaSlice(int At, JinjaNode? Start, JinjaNode? Stop, JinjaNode? Step) : JinjaNode(At);

/// <param name="Name">Of a named argument or a parameter; null for one by position.</param>
internal sealed record JinjaArgument(string? Name, JinjaNode? Value);

internal sealed record JinjaCall(int At, JinjaNode Target, IReadOnlyList<JinjaArgument> Arguments) : JinjaNode(At);

/// <param name="Target">Null for the filter of a block.</param>
internal sealed record JinjaFilter(int At, JinjaNode? Target, string Name, IReadOnlyList<JinjaArgument> Arguments) : JinjaNode(At);

internal sealed record JinjaTest(int At, JinjaNode Target, string Name, IReadOnlyList<JinjaArgument> Arguments) : JinjaNode(At);

internal sealed record JinjaUnary(int At, string Operator, JinjaNode Operand) : JinjaNode(At);

internal sealed record JinjaBinary(int At, string Operator, JinjaNode Left, JinjaNode Right) : JinjaNode(At);

internal sealed record JinjaChoice(int At, JinjaNode Then, JinjaNode Condition, JinjaNode? Else) : JinjaNode(At);
