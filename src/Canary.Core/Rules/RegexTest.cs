using System.Text.RegularExpressions;

namespace Canary.Rules;

/// <summary>
/// A regular expression, searched for. It starts on the backtracking interpreter, which is small; a text that makes it run past the
/// limit moves it for good to the linear engine, which decides that same text, so an attacker can neither stall the monitor nor slip
/// by. (The linear engine from the start would cost 0.4–1.5 MB for each expression.)
/// </summary>
internal sealed class RegexTest(Regex backtracking) : TextualTest
{
    public Regex Regex => _regex;

    /// <summary>Short, because it is spent at most once for each expression.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(20);

    private Regex _regex = backtracking;

    /// <summary>True once a text forced it to the linear engine: a figure of health, and a hint that a rule is badly written.</summary>
    public bool IsLinear { get; private set; }

    public override string Words => $"matches /{_regex}/";

    protected override bool Holds(ReadOnlySpan<char> text)
    {
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            IsLinear = true;
            _regex = new Regex(_regex.ToString(), _regex.Options | RegexOptions.NonBacktracking);
            return _regex.IsMatch(text);
        }
    }
}
