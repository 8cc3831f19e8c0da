namespace Canary.Alerts.Redaction;

/// <summary>Names whose value is a secret: of options, variables, headers, query parameters and keys of JSON and INI.</summary>
internal static class SecretNames
{
    /// <summary>The kind of the Authorization header, whose value has two words.</summary>
    public const string Header = "authorization";

    /// <summary>A name that often holds a secret and often does not: the value decides.</summary>
    public const string Key = "key";

    private static readonly string[] Passwords = ["password", "passwd", "passphrase", "passcode"];
    private static readonly string[] Tokens = ["token", "apikey", "accesskey", "secretkey", "privatekey", "authkey", "accountkey", "masterkey", "signingkey", "encryptionkey", "sharedkey"];
    private static readonly string[] KeysOf = ["api", "access", "secret", "private", "auth", "account", "master", "signing", "encryption", "shared", "deploy", "service", "storage", "subscription"];

    /// <summary>Null for a name that says nothing of the kind. It is the end of a name that counts: a <c>token_file</c> or <c>password-stdin</c> is no secret.</summary>
    public static string? KindOf(ReadOnlySpan<char> name)
    {
        if (name.Equals("authorization", StringComparison.OrdinalIgnoreCase) || name.Equals("proxy-authorization", StringComparison.OrdinalIgnoreCase))
            return Header;
        if (IsCookie(name))
            return "cookie";
        if (name is "_auth" or "passin" or "passout" or "PGPASSWORD" or "MYSQL_PWD" or "REDISCLI_AUTH")
            return "password";
        if (name is "PWD" or "OLDPWD")
            return null;
        name = WithoutTail(name);
        var last = LastWord(name, out var rest);
        if (EndsWithAny(last, Passwords) || Is(last, "pass") || Is(last, "pwd"))
            return "password";
        if (EndsWith(last, "secret"))
            return "secret";
        if (EndsWithAny(last, Tokens))
            return "token";
        if (Is(last, "credential") || Is(last, "credentials"))
            return "secret";
        if (!Is(last, "key"))
            return null;
        var owner = LastWord(rest, out _);
        foreach (string word in KeysOf)
        {
            if (Is(owner, word))
                return "token";
        }

        return Key;
    }

    public static bool IsCookie(ReadOnlySpan<char> name) =>
        name.Equals("cookie", StringComparison.OrdinalIgnoreCase) || name.Equals("set-cookie", StringComparison.OrdinalIgnoreCase);

    /// <summary>Numbers and the like behind the word: <c>TOKEN_2</c>, <c>secret_b64</c>, <c>password_value</c>.</summary>
    private static ReadOnlySpan<char> WithoutTail(ReadOnlySpan<char> name)
    {
        var last = LastWord(name, out var rest);
        bool tail = !last.ContainsAnyExceptInRange('0', '9') || Is(last, "value") || Is(last, "b64") || Is(last, "base64");
        return tail && !rest.IsEmpty ? rest : name.TrimEnd("0123456789");
    }

    /// <summary>The last word of a name in any of the usual spellings: <c>a_b</c>, <c>a-b</c>, <c>a.b</c>, <c>aB</c>.</summary>
    private static ReadOnlySpan<char> LastWord(ReadOnlySpan<char> name, out ReadOnlySpan<char> rest)
    {
        int start = name.Length;
        while (start > 0 && name[start - 1] is not ('_' or '-' or '.'))
        {
            start--;
            if (start > 0 && char.IsAsciiLetterUpper(name[start]) && char.IsAsciiLetterLower(name[start - 1]))
                break;
        }

        rest = name[..start].TrimEnd("_-.");
        return name[start..];
    }

    private static bool EndsWithAny(ReadOnlySpan<char> word, string[] ends)
    {
        foreach (string end in ends)
        {
            if (EndsWith(word, end))
                return true;
        }

        return false;
    }

    private static bool EndsWith(ReadOnlySpan<char> word, string end) => word.EndsWith(end, StringComparison.OrdinalIgnoreCase);

    private static bool Is(ReadOnlySpan<char> word, string other) => word.Equals(other, StringComparison.OrdinalIgnoreCase);
}
