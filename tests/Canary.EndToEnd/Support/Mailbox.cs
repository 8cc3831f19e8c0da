using System.Text;
using Canary.Tests.Support;
using MimeKit;

namespace Canary.EndToEnd.Support;

/// <summary>The mail server of the tests, read as a mail reader would, and the configuration that sends to it.</summary>
internal sealed class Mailbox(int port = 0) : IAsyncDisposable
{
    private readonly SmtpServer _server = SmtpServer.Start(port: port);

    public int Port => _server.Port;

    public IReadOnlyList<Mail> Mails => [.. _server.Mails.Select(Read)];

    public static string Configuration(int port, string level = "high") => $"""
        email:
          host: 127.0.0.1
          port: {port}
          security: none
          from: Canary <canary@example.org>
          to: [ops@example.org]
          level: {level}
          digest_level: none

        """;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Mail Read(ReceivedMail received)
    {
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(received.Text));
        using var message = MimeMessage.Load(text);
        var alerts = message.Headers.Where(h => h.Field == "X-Canary-Alert").Select(h => h.Value);
        return new Mail(received.At, message.MessageId ?? "", message.Subject ?? "", message.TextBody + message.HtmlBody, [.. alerts]);
    }
}

/// <param name="At">When the server took it.</param>
/// <param name="Text">Both bodies, decoded.</param>
/// <param name="Alerts">The ids of the alerts that it is about.</param>
internal sealed record Mail(DateTimeOffset At, string MessageId, string Subject, string Text, IReadOnlyList<string> Alerts);
