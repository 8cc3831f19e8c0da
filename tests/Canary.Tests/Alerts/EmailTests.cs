using Canary.Alerts;
using Canary.Alerts.Notifiers;
using Canary.Alerts.Redaction;
using Canary.Config;
using Canary.Findings;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Alerts;

public sealed class EmailTests
{
    [Theory]
    [InlineData(SmtpPace.Whole)]
    [InlineData(SmtpPace.ByLine)]
    [InlineData(SmtpPace.ByCharacter)]
    public async Task An_alert_arrives_as_a_story_in_text_and_html(SmtpPace pace)
    {
        await using var server = SmtpServer.Start(new SmtpScript { Pace = pace });
        Assert.Equal(new Delivery.Delivered(), await SendAsync(Config(server.Port)));
        var mail = Assert.Single(server.Mails);
        Assert.Equal("[canary] HIGH build-7 claude-code: Credentials sent over the network", mail.Header("Subject"));
        Assert.Equal("<canary.1.id@build-7>", mail.Header("Message-Id"));
        Assert.Equal("<canary.thread@build-7>", mail.Header("In-Reply-To"));
        Assert.Contains("multipart/alternative", mail.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Contains("curl connected to 203.0.113.7:443", mail.Text, StringComparison.Ordinal);
    }

    internal static EmailConfig Config(int port) => new(
        "127.0.0.1", port, MailSecurity.None, null, null, null, null, "Canary <canary@example.org>", ["ann@example.org"],
        Level.High, Level.Low, TimeSpan.FromHours(6), TimeSpan.FromSeconds(5));

    private static Task<Delivery> SendAsync(EmailConfig config) => new Email(config, TimeProvider.System).NotifyAsync(
        new AlertMail("canary.1.id", "thread", MailKind.Alert, [Alert()], "build-7", Some.Noon, 1), CancellationToken.None);

    internal static Alert Alert() => new AlertDraft(new Redactor(), "build-7").Of(Some.Finding(), "key", Some.Noon, false, false);
}
