using System.Text;
using System.Text.RegularExpressions;
using Canary.Text;

namespace Canary.Models.Templates;

/// <summary>What a template says of its own: hidden characters, links, scripts, coded text, and orders to the model that its user would not give.</summary>
internal sealed partial class TemplateText(TemplateReport report)
{
    private const int Least = 6;

    /// <summary>Of the whole source, comments included: what nobody sees, nobody reviews.</summary>
    public void CheckSource()
    {
        string text = report.Source;
        if (HiddenText.Find(text) is { } hidden)
            Hidden(ModelVerdict.Deny, hidden.At, $"{hidden.Characters} characters without a shape hide a text");
        foreach (var match in Directions().EnumerateMatches(text))
            Hidden(ModelVerdict.Deny, match.Index, "characters turn the direction of the text around");
        foreach (var match in Invisible().EnumerateMatches(text))
            Hidden(ModelVerdict.Unknown, match.Index, "a character stands here that nobody sees");
    }

    /// <summary>Text that the template can write: between tags, or a constant in one.</summary>
    public void Check(int at, string text)
    {
        // Nothing that is looked for is shorter, but for what is not ASCII.
        if (text.Length < Least && Ascii.IsValid(text))
            return;
        if (HiddenText.Find(text) is not null || Directions().IsMatch(text))
            Hidden(ModelVerdict.Deny, at, "a text has characters that nobody sees");
        else if (Invisible().IsMatch(text))
            Hidden(ModelVerdict.Unknown, at, "a text has a character that nobody sees");
        if (Script().Match(text) is { Success: true } script)
            Add("jinja-script", ModelVerdict.Deny, at + script.Index, "it writes a script", script.Value);
        if (Link().Match(text) is { Success: true } link)
            Add("jinja-link", ModelVerdict.Unknown, at + link.Index, "it writes a link of its own", link.Value);
        foreach (Match coded in Coded().Matches(text))
        {
            if (coded.Value.Any(char.IsAsciiDigit) && coded.Value.Any(char.IsAsciiLetterUpper) && coded.Value.Any(char.IsAsciiLetterLower))
                Add("jinja-encoded", ModelVerdict.Unknown, at + coded.Index, "it writes a coded text", coded.Value);
        }

        if (Override().Match(text) is { Success: true } order)
            Add("jinja-imperative", ModelVerdict.Deny, at + order.Index, "it tells the model to pass over what it was told", order.Value);
        else if (Command().Match(text) is { Success: true } command)
            Add("jinja-imperative", ModelVerdict.Deny, at + command.Index, "it writes a command that runs what it downloads", command.Value);
        else if (Conceal().Match(text) is { Success: true } conceal)
            Add("jinja-imperative", ModelVerdict.Unknown, at + conceal.Index, "it tells the model to keep something from its user", conceal.Value);
    }

    private void Hidden(ModelVerdict verdict, int at, string why) => report.Add("jinja-hidden-text", verdict, at, why);

    private void Add(string code, ModelVerdict verdict, int at, string why, string shown) => report.Add(code, verdict, at, $"{why}: {Printable.Line(shown, 100)}");

    [GeneratedRegex("[\u202a-\u202e\u2066-\u2069]", RegexOptions.CultureInvariant)]
    private static partial Regex Directions();

    // Joiners are left out: scripts of Asia and emoji need them.
    [GeneratedRegex("[\u200b\u200e\u200f\u2060-\u2064\ufeff\u180e\u3164\uffa0\u00ad]|\udb40[\udc00-\udc7f]", RegexOptions.CultureInvariant)]
    private static partial Regex Invisible();

    [GeneratedRegex(@"<\s*(?:script|iframe|object|embed|svg)\b|javascript:|vbscript:|data:text/html|\bon(?:error|load|click|mouseover)\s*=", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Script();

    // Schemas are named by links that nobody follows.
    [GeneratedRegex(@"\b(?:https?|wss?|ftp)://(?!json-schema\.org/|www\.w3\.org/)[^\s""'<>)\]}]{1,200}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Link();

    [GeneratedRegex(@"[A-Za-z0-9+/_-]{80,}={0,2}", RegexOptions.CultureInvariant)]
    private static partial Regex Coded();

    [GeneratedRegex(@"\b(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,3}?(?:previous|prior|above|earlier|preceding|user'?s?)\s+(?:\w+\s+)?(?:instructions?|prompts?|messages?|rules|directions?)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Override();

    [GeneratedRegex(@"\b(?:curl|wget|iwr|invoke-webrequest)\b[^\n|]{1,300}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\bbash\s+-c\b|\bpowershell(?:\.exe)?\s+-e", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Command();

    // Several makers have their models not speak of function calls: that is no secret.
    [GeneratedRegex(@"\b(?:never|do not|don't|must not|without)\s+(?:ever\s+)?(?:tell(?:ing)?|mention(?:ing)?|reveal(?:ing)?|inform(?:ing)?|disclos(?:e|ing)|alert(?:ing)?|warn(?:ing)?)\b[^.\n]{0,60}\buser(?!s? about (?:the )?function calls)|\b(?:secretly|covertly|silently)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Conceal();
}
