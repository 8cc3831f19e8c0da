using System.Net;
using Canary.Findings;

namespace Canary.Config;

/// <summary>The section <c>email:</c>. The password is never in it: the file is shown, copied and committed too easily.</summary>
internal static class EmailReader
{
    private static readonly IReadOnlyList<string> Securities = ["none", "starttls", "tls"];

    public static EmailConfig? Read(Section section, string directory)
    {
        if (section.Has("password"))
        {
            _ = section.Node("password");
            section.Fault("password", "a password does not belong in this file, which is shown, copied and committed; put it into a file and "
                + "name that as 'password_file', or into an environment variable and name that as 'password_env'");
        }

        string? host = section.Text("host");
        var security = section.Word("security", MailSecurity.StartTls, Securities, Security);
        int port = section.Integer("port", security switch { MailSecurity.Tls => 465, MailSecurity.StartTls => 587, _ => 25 }, 1, 65535);
        string? username = section.Text("username"), environment = section.Text("password_env"), file = section.Text("password_file");
        string? from = Address(section, "from", section.Text("from")), authorities = section.Text("ca_file");
        var to = section.Texts("to").Select(a => Address(section, "to", a)).OfType<string>().ToList();
        var level = section.Level("level", Level.High);
        var digest = section.Word<Digest>("digest_level", new(Level.Low), [.. Section.LevelWords, "none"], DigestFrom);
        var interval = section.Duration("digest_interval", TimeSpan.FromHours(6), TimeSpan.FromSeconds(1));
        var timeout = section.Duration("timeout", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
        section.End();
        if (!section.IsPresent)
            return null;

        if (host is null && !section.Has("host"))
            section.Fault("email", "'email' needs 'host', the mail server's name");
        if (from is null && !section.Has("from"))
            section.Fault("email", "'email' needs 'from', the sender's address");
        if (to.Count == 0 && !section.Has("to"))
            section.Fault("email", "'email' needs 'to', a list of addresses");
        if (environment is not null && file is not null)
            section.Fault("password_file", "give 'password_env' or 'password_file', not both");
        if (username is not null && environment is null && file is null && !section.Has("password"))
            section.Fault("username", "'username' needs 'password_env' or 'password_file'");
        if (username is null && (environment ?? file) is not null)
            section.Fault("password_env", "a password without 'username' is never used");
        if (username is not null && security == MailSecurity.None && !IsLoopback(host))
            section.Fault("security", "'security: none' would send the password in clear over the network; use starttls or tls");
        if (digest.From is { } lowest && lowest > level)
            section.Fault("digest_level", $"'email.digest_level' must not be above 'email.level' ({level.Word()})");
        return new EmailConfig(
            host ?? "", port, security, username, environment, Beside(file), Beside(authorities),
            from ?? "", to, level, digest.From < level ? digest.From : null, interval, timeout);

        string? Beside(string? path) => path is null ? null : Path.GetFullPath(path, directory);
    }

    private static MailSecurity? Security(string word) => word switch
    {
        "none" => MailSecurity.None,
        "starttls" => MailSecurity.StartTls,
        "tls" => MailSecurity.Tls,
        _ => null,
    };

    private static Digest? DigestFrom(string word) => word == "none" ? new Digest(null) : Levels.TryParse(word, out var level) ? new Digest(level) : null;

    private static bool IsLoopback(string? host) => host is "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>An address as a mail header may carry it: <c>a@b</c> or <c>Name &lt;a@b&gt;</c>, and nothing that could begin another header.</summary>
    private static string? Address(Section section, string key, string? text)
    {
        if (text is null)
            return null;
        int open = text.IndexOf('<', StringComparison.Ordinal);
        string address = open >= 0 && text.EndsWith('>') ? text[(open + 1)..^1] : text;
        int at = address.IndexOf('@', StringComparison.Ordinal);
        bool sound = at > 0 && at < address.Length - 1 && address.LastIndexOf('@') == at && text.Length <= 320 && !text.Any(char.IsControl)
            && !address.Any(c => char.IsWhiteSpace(c) || c is '<' or '>' or ',' or ';' or '"' or '(' or ')' or '\\')
            && (open <= 0 || !text[..open].Any(c => c is '"' or '\\' or ',' or ';' or ':' or '(' or ')' or '@'));
        if (!sound)
            section.Fault(key, $"'{Canary.Text.Printable.Line(text, 80)}' in 'email.{key}' is no mail address; write name@host or Name <name@host>");
        return sound ? text : null;
    }

    private readonly record struct Digest(Level? From);
}
