using System.Buffers;

namespace Canary.Alerts.Redaction;

/// <summary>What stands where a secret would and is none.</summary>
internal static class SecretValues
{
    /// <summary>The schemes of an Authorization header: <c>Bearer</c>, <c>AWS4-HMAC-SHA256</c>.</summary>
    public static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> Blob = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-");

    /// <param name="loose">The name and the value stand apart, as in prose: <c>token: use refresh</c> is no secret.</param>
    public static bool IsWorthCutting(ReadOnlySpan<char> value, string kind, bool loose, ReadOnlySpan<char> name)
    {
        if (value.IsEmpty || IsReference(value) || value is "true" or "false" or "null" or "none" or "None" or "True" or "False" or "undefined" or "*")
            return false;
        if (name.Equals("pwd", StringComparison.OrdinalIgnoreCase) && value[0] is '/' or '~' or '.')
            return false;
        if (kind == SecretNames.Key)
            return value.Length is >= 32 and < 300 && value[0] != '/' && !value.ContainsAnyExcept(Blob) && Digits(value) >= 4 && Letters(value) >= 4;
        return !loose || value.Length >= 12 || Digits(value) > 0 || Letters(value) < value.Length;
    }

    /// <summary>A shell or template variable in the secret's place: <c>$TOKEN</c>, <c>${TOKEN}</c>, <c>$(cat f)</c>, <c>&lt;token&gt;</c>, <c>***</c>.</summary>
    public static bool IsReference(ReadOnlySpan<char> value)
    {
        if (value.Length > 256)
            return false;
        if (value.Length > 1 && value[0] == '$')
        {
            return value[1] is '{' or '(' || IsName(value[1..]);
        }

        return (value[0] == '<' && value[^1] == '>') || value.TrimEnd('*').IsEmpty || value.StartsWith("{{", StringComparison.Ordinal);
    }

    /// <summary><c>docker build --secret id=npm,src=.npmrc</c> names a secret and does not hold it.</summary>
    public static bool IsDockerSecret(ReadOnlySpan<char> value) =>
        value.StartsWith("id=", StringComparison.Ordinal) || value.StartsWith("type=", StringComparison.Ordinal) || value.StartsWith("src=", StringComparison.Ordinal);

    public static bool IsCutAlready(ReadOnlySpan<char> value)
    {
        int mark = value.IndexOf("[redacted:", StringComparison.Ordinal);
        return mark is >= 0 and <= 16 && value[^1] == ']' && value.Length - mark <= 40;
    }

    /// <summary>All capitals, digits and underscores: how environment variables are named.</summary>
    private static bool IsName(ReadOnlySpan<char> value)
    {
        foreach (char c in value)
        {
            if (!char.IsAsciiLetterUpper(c) && c != '_' && !char.IsAsciiDigit(c))
                return false;
        }

        return !char.IsAsciiDigit(value[0]);
    }

    private static int Digits(ReadOnlySpan<char> value)
    {
        int count = 0;
        foreach (char c in value)
            count += char.IsAsciiDigit(c) ? 1 : 0;
        return count;
    }

    private static int Letters(ReadOnlySpan<char> value)
    {
        int count = 0;
        foreach (char c in value)
            count += char.IsAsciiLetter(c) ? 1 : 0;
        return count;
    }
}
