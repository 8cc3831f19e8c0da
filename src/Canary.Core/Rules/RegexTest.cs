using System.Text.RegularExpressions;

namespace Canary.Rules;

/// <summary>
/// A regular expression, searched for. It starts on the backtracking interpreter, which is small; a text that makes it run past the
/// limit moves it to the linear engine, which decides that same text, so an attacker can neither stall the monitor nor slip by. (The
/// linear engine from the start would cost 0.4–1.5 MB for each expression.)
/// </summary>
internal sealed class RegexTest(Regex regex) : TextualTest
{
    /// <summary>Short, because a text that is made for it spends it whole.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(20);

    public Regex Regex { get; } = regex;

    /// <summary>True once a text forced it to the linear engine: a figure of health, and a hint that a rule is badly written.</summary>
    public bool IsLinear { get; private set; }

    public override int Cost => 100;

    public override string Words => $"matches /{Regex}/";

    public override Range? Where(string text)
    {
        try
        {
            return Regex.Match(text) is { Success: true } match ? match.Index..(match.Index + match.Length) : null;
        }
        catch (RegexMatchTimeoutException)
        {
            // Only of what matched is the place asked for: rare enough to build the linear engine for it.
            return new Regex(Regex.ToString(), Regex.Options | RegexOptions.NonBacktracking).Match(text) is { Success: true } match ? match.Index..(match.Index + match.Length) : null;
        }
    }

    protected override bool Holds(ReadOnlySpan<char> text, Reading reading)
    {
        if (IsLinear && reading.Linear.Find(this) is { } linear)
            return linear.IsMatch(text);
        try
        {
            return Regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            IsLinear = true;
            return reading.Linear.Add(this).IsMatch(text);
        }
    }
}
