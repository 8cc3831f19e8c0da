namespace Canary.Alerts.Redaction;

/// <summary>
/// Takes secrets out of text before it is stored, printed or sent. What stays is the first few characters, to tell one secret from
/// another, and the kind: <c>ghp_Ab[redacted:github-token]</c>. One pass from left to right; the time is linear in the text,
/// whatever it holds, because the text is an attacker's.
/// </summary>
/// <remarks>A secret is known by its own form, by the name in front of it, by the option or command it is given to, or by its place in a URL.</remarks>
public sealed class Redactor
{
    private readonly KnownTokens _known = new();

    public string Redact(string text) => text.Length < 4 ? text : new RedactionPass(text, _known).Run();
}
