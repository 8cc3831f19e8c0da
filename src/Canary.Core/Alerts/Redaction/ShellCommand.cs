namespace Canary.Alerts.Redaction;

/// <summary>Programs that take a secret by a short option, of which each has its own idea: <c>mysql -pSECRET</c>, but <c>docker run -p 80:80</c>.</summary>
internal sealed record ShellCommand(string Name, char Option, bool Attached, bool Apart, bool AfterColon = false, string? Needs = null)
{
    private static readonly ShellCommand[] All =
    [
        new("mysql", 'p', true, false), new("mysqldump", 'p', true, false), new("mysqladmin", 'p', true, false),
        new("mariadb", 'p', true, false), new("mariadb-dump", 'p', true, false), new("7z", 'p', true, false), new("7za", 'p', true, false),
        new("sshpass", 'p', true, true), new("curl", 'u', true, true, AfterColon: true), new("wget", '\0', false, false),
        new("redis-cli", 'a', false, true), new("ldapsearch", 'w', true, true), new("ldapmodify", 'w', true, true), new("ldapadd", 'w', true, true),
        new("mosquitto_pub", 'P', true, true), new("mosquitto_sub", 'P', true, true), new("zip", 'P', true, true), new("unzip", 'P', true, true),
        new("ssh-keygen", 'N', true, true), new("smbclient", '\0', false, false), new("sqlcmd", 'P', true, true), new("bcp", 'P', true, true),
        new("docker", 'p', false, true, Needs: "login"), new("podman", 'p', false, true, Needs: "login"), new("helm", 'p', false, true, Needs: "login"),
        new("az", 'p', false, true, Needs: "login"), new("oc", 'p', false, true, Needs: "login"),
    ];

    /// <summary>The command that a word begins, or the one that goes on through it.</summary>
    public static ShellCommand? Named(ReadOnlySpan<char> word, ShellCommand? current)
    {
        if (current is { Needs: { } needed } && word.SequenceEqual(needed))
            return current with { Needs = null };
        if (word.Length is < 2 or > 256)
            return current;
        var name = word[(word.LastIndexOfAny('/', '\\') + 1)..];
        if (name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase))
            name = name[..^4];
        foreach (var command in All)
        {
            if (name.SequenceEqual(command.Name))
                return command;
        }

        return current;
    }

    /// <summary>Where the secret of the option at this place begins; null when it is not this command's.</summary>
    public (int Start, string Kind, bool AfterColon)? SecretAfter(string text, int at)
    {
        if (Needs is not null || Option == '\0' || at + 2 >= text.Length || text[at + 1] != Option)
            return null;
        if (text[at + 2] == ' ')
            return Apart && at + 3 < text.Length && text[at + 3] != '-' ? (at + 3, "password", AfterColon) : null;
        return Attached ? (at + 2, "password", AfterColon) : null;
    }
}
