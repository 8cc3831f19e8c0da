using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Canary.Alerts;
using Canary.Alerts.Notifiers;
using Canary.Alerts.Redaction;
using Canary.Config;
using Canary.Findings;
using Canary.Tests.Support;
using MimeKit;
using Xunit;

namespace Canary.Tests.Alerts;

public sealed class EmailTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(SmtpPace.Whole)]
    [InlineData(SmtpPace.ByLine)]
    [InlineData(SmtpPace.ByCharacter)]
    public async Task An_alert_arrives_as_a_story_in_text_and_html(SmtpPace pace)
    {
        await using var server = SmtpServer.Start(new SmtpScript { Pace = pace });
        Assert.Equal(new Delivery.Delivered(), await SendAsync(Config(server.Port)));
        var mail = Parse(Assert.Single(server.Mails));
        Assert.Equal("[canary] HIGH build-7 claude-code: Credentials sent over the network", mail.Subject);
        Assert.Equal(("canary.1.id@build-7", "canary.thread@build-7"), (mail.MessageId, mail.InReplyTo));
        Assert.Equal(["canary.thread@build-7"], mail.References);
        string text = mail.TextBody!;
        int[] order = [.. new[] { "curl connected to 203.0.113.7:443", "agent: claude-code", "A credential file was read", "file ~/.aws/credentials", "node /usr/lib", "bash -c", "curl -d", "canary alerts show" }
            .Select(part => text.IndexOf(part, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, order);
        Assert.Equal(order.Order(), order);
        Assert.Contains("<b><code>curl -d", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_names_reach_neither_the_headers_nor_the_markup()
    {
        await using var server = SmtpServer.Start();
        var finding = Some.Finding(command: "x\r\nBcc: evil@example.org\r\n\r\n<script>alert(1)</script> \u202e \x1b[31m", agent: "a\r\nBcc: evil@example.org");
        var alert = new AlertDraft(new Redactor(), "h\r\nBcc: x").Of(finding with { Rule = finding.Rule with { Title = "t\r\nBcc: evil@example.org" } }, "k\r\nX: y", Some.Noon, false, false);
        await new Email(Config(server.Port), TimeProvider.System).NotifyAsync(new AlertMail("m", "t", MailKind.Alert, [alert], "h\r\nBcc: x", Some.Noon, 1), CancellationToken.None);
        var mail = Parse(server.Mails[0]);
        Assert.Empty(mail.Bcc);
        Assert.Equal(["ann@example.org"], server.Mails[0].To);
        Assert.DoesNotContain("<script>", mail.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', mail.TextBody!);
        Assert.DoesNotContain('\u202e', mail.TextBody + mail.HtmlBody! + mail.Subject);
        Assert.Equal(1, mail.TextBody!.Split('\n').Count(l => l.Contains("ran x", StringComparison.Ordinal) || l.Contains("<script>", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_digest_tells_of_each_alert_in_one_mail()
    {
        await using var server = SmtpServer.Start();
        var alerts = Enumerable.Range(0, 3).Select(i => Alert(Some.Finding("rule-" + i, level: (Level)(1 + i)))).ToList();
        await new Email(Config(server.Port), TimeProvider.System).NotifyAsync(new AlertMail("m", "digest", MailKind.Digest, alerts, "build-7", Some.Noon, 3), CancellationToken.None);
        var mail = Parse(server.Mails[0]);
        Assert.Equal("[canary] digest build-7: 3 alerts, up to HIGH", mail.Subject);
        Assert.Equal(3, mail.TextBody!.Split('\n').Count(l => l.Contains("canary alerts show", StringComparison.Ordinal)));
        Assert.Contains("both copies have the same Message-ID", mail.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MAIL", "451 later", "RetryLater")]
    [InlineData("RCPT", "450 greylisted", "RetryLater")]
    [InlineData("RCPT", "550 no such user", "GiveUp")]
    [InlineData("DATA", "452 full", "RetryLater")]
    [InlineData("MAIL", "553 not you", "GiveUp")]
    [InlineData("MAIL", null, "RetryLater")]
    [InlineData("DATA", null, "RetryLater")]
    public async Task A_refusal_is_for_now_or_for_good_as_the_server_says(string verb, string? reply, string expected)
    {
        await using var server = SmtpServer.Start(new SmtpScript { Reply = line => line.StartsWith(verb, StringComparison.Ordinal) ? reply : "" });
        var delivery = await SendAsync(Config(server.Port));
        Assert.Equal(expected, delivery.GetType().Name);
        Assert.Empty(server.Mails);
        if (reply is not null)
            Assert.Contains(reply[..3], delivery.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("421 too busy")]
    [InlineData("554 no service")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task A_server_that_does_not_greet_well_is_tried_again(string? greeting)
    {
        await using var server = SmtpServer.Start(new SmtpScript { Greeting = greeting });
        Assert.IsType<Delivery.RetryLater>(await SendAsync(Config(server.Port)));
    }

    [Fact]
    public async Task A_text_refused_for_good_is_given_up()
    {
        await using var server = SmtpServer.Start(new SmtpScript { AfterText = _ => "554 spam" });
        Assert.Contains("554 spam", Assert.IsType<Delivery.GiveUp>(await SendAsync(Config(server.Port))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_bad_recipient_does_not_keep_the_others_from_their_mail()
    {
        await using var server = SmtpServer.Start(new SmtpScript { Reply = line => line.Contains("gone@", StringComparison.Ordinal) ? "550 gone" : "" });
        var delivery = await SendAsync(Config(server.Port) with { To = ["gone@example.org", "ann@example.org"] });
        Assert.Contains("gone@example.org (550 gone)", Assert.IsType<Delivery.Delivered>(delivery).Note, StringComparison.Ordinal);
        Assert.Equal(["ann@example.org"], Assert.Single(server.Mails).To);
    }

    [Fact]
    public async Task Nobody_listening_and_a_silent_server_are_tried_again()
    {
        Assert.IsType<Delivery.RetryLater>(await SendAsync(Config(SmtpServer.FreePort())));
        await using var silent = SmtpServer.Start(new SmtpScript { GreetingDelay = TimeSpan.FromMinutes(5) });
        var delivery = Assert.IsType<Delivery.RetryLater>(await SendAsync(Config(silent.Port) with { Timeout = TimeSpan.FromSeconds(1) }));
        Assert.Contains("within 1s", delivery.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_took_the_mail_and_died_before_the_goodbye_has_it()
    {
        await using var server = SmtpServer.Start(new SmtpScript { Reply = line => line == "QUIT" ? null : "" });
        Assert.IsType<Delivery.Delivered>(await SendAsync(Config(server.Port)));
        Assert.Single(server.Mails);
    }

    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    public async Task Over_TLS_with_a_login_from_a_file(MailSecurity security)
    {
        using var certificate = Certificate("localhost");
        await using var server = SmtpServer.Start(new SmtpScript { Certificate = certificate, TlsFromTheStart = security == MailSecurity.Tls, Login = "canary:pässword x" });
        File.WriteAllText(_directory.At("ca.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_directory.At("password"), "pässword x\n");
        var config = Config(server.Port) with
        {
            Host = "localhost",
            Security = security,
            CaFile = _directory.At("ca.pem"),
            Username = "canary",
            PasswordFile = _directory.At("password"),
        };
        Assert.Equal(new Delivery.Delivered(), await SendAsync(config));
        Assert.True(Assert.Single(server.Mails).Encrypted);

        File.WriteAllText(_directory.At("password"), "wrong");
        Assert.Contains("refused the user name or password", Assert.IsType<Delivery.RetryLater>(await SendAsync(config)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_or_of_another_name_gets_no_mail_and_no_password()
    {
        using var certificate = Certificate("other.example.org");
        await using var server = SmtpServer.Start(new SmtpScript { Certificate = certificate, Login = "canary:x" });
        File.WriteAllText(_directory.At("ca.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_directory.At("password"), "x");
        var config = Config(server.Port) with { Host = "localhost", Security = MailSecurity.StartTls, Username = "canary", PasswordFile = _directory.At("password") };
        Assert.Contains("certificate", Assert.IsType<Delivery.RetryLater>(await SendAsync(config)).Reason, StringComparison.Ordinal);
        Assert.Contains("certificate", Assert.IsType<Delivery.RetryLater>(await SendAsync(config with { CaFile = _directory.At("ca.pem") })).Reason, StringComparison.Ordinal);
        Assert.Empty(server.Mails);
        Assert.DoesNotContain(server.Commands, c => c.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_nothing_in_clear()
    {
        await using var server = SmtpServer.Start();
        Assert.IsType<Delivery.RetryLater>(await SendAsync(Config(server.Port) with { Security = MailSecurity.StartTls }));
        Assert.DoesNotContain(server.Commands, c => c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_password_that_is_not_there_is_said_by_name()
    {
        await using var server = SmtpServer.Start(new SmtpScript { Login = "canary:x" });
        var config = Config(server.Port) with { Username = "canary", PasswordEnvironment = "CANARY_TEST_UNSET" };
        Assert.Contains("CANARY_TEST_UNSET", Assert.IsType<Delivery.RetryLater>(await SendAsync(config)).Reason, StringComparison.Ordinal);
        Assert.Contains(_directory.At("no"), Assert.IsType<Delivery.RetryLater>(await SendAsync(config with { PasswordEnvironment = null, PasswordFile = _directory.At("no") })).Reason, StringComparison.Ordinal);
    }

    internal static EmailConfig Config(int port) => new(
        "127.0.0.1", port, MailSecurity.None, null, null, null, null, "Canary <canary@example.org>", ["ann@example.org"],
        Level.High, Level.Low, TimeSpan.FromHours(6), TimeSpan.FromSeconds(20));

    private static Task<Delivery> SendAsync(EmailConfig config) => new Email(config, TimeProvider.System).NotifyAsync(
        new AlertMail("canary.1.id", "thread", MailKind.Alert, [Alert(Some.Finding())], "build-7", Some.Noon, 1), CancellationToken.None);

    private static Alert Alert(Finding finding) => new AlertDraft(new Redactor(), "build-7").Of(finding, "key", Some.Noon, false, false);

    private static MimeMessage Parse(ReceivedMail mail)
    {
        using var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(mail.Text));
        return MimeMessage.Load(text);
    }

    private static X509Certificate2 Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
