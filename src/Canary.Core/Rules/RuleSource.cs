namespace Canary.Rules;

/// <summary>A rule file's text and where it came from.</summary>
/// <param name="Path">For messages: the path as the user knows it; for built-in rules <c>rules/linux/x.yml</c>.</param>
public sealed record RuleSource(string Path, string Text, bool BuiltIn = false);
