using System.Net.Sockets;
using Canary.Alerts.Story;
using Canary.Config;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Canary.Alerts.Notifiers;

/// <summary>Sends a mail by SMTP: one connection, one message, one verdict.</summary>
public sealed class Email(EmailConfig config, TimeProvider time) : INotifier
{
    public string Name => "email";

    public async Task<Delivery> NotifyAsync(AlertMail mail, CancellationToken cancel)
    {
        try
        {
            using var message = Compose(mail);
            using var client = new LenientSmtpClient { Timeout = (int)config.Timeout.TotalMilliseconds, CheckCertificateRevocation = false };
            if (config.CaFile is { } authorities)
                client.ServerCertificateValidationCallback = MailTrust.In(authorities);
            // A timer of our own could fire while the source is disposed of, and end the process; the source's own cannot.
            using var timeout = new CancellationTokenSource(config.Timeout, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
            try
            {
                return await SendAsync(client, message, limit.Token);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException && !cancel.IsCancellationRequested)
            {
                return new Delivery.RetryLater($"{Server} did not answer within {Text.Duration.Write(config.Timeout)}");
            }
        }
        catch (MailSecretException e)
        {
            return new Delivery.RetryLater(e.Message);
        }
        catch (AuthenticationException e)
        {
            return new Delivery.RetryLater($"{Server} refused the user name or password: {Safe(e.Message)}");
        }
        catch (SslHandshakeException)
        {
            return new Delivery.RetryLater($"no trusted TLS connection to {Server}: its certificate is not valid for {config.Host} (email.ca_file names another authority)");
        }
        catch (SmtpCommandException e) when ((int)e.StatusCode >= 500 && e.ErrorCode != SmtpErrorCode.UnexpectedStatusCode)
        {
            return new Delivery.GiveUp($"{Server} refused the mail: {(int)e.StatusCode} {Safe(e.Message)}");
        }
        catch (SmtpCommandException e)
        {
            return new Delivery.RetryLater($"{Server} put it off: {(int)e.StatusCode} {Safe(e.Message)}");
        }
        catch (NotSupportedException e)
        {
            return new Delivery.RetryLater($"{Server} lacks what email.security or the login needs: {Safe(e.Message)}");
        }
        catch (Exception e) when (e is SocketException or IOException or ProtocolException or ServiceNotConnectedException or TimeoutException or ServiceNotAuthenticatedException)
        {
            return new Delivery.RetryLater($"{Server}: {Safe(e.Message)}");
        }
    }

    private string Server => $"mail server {config.Host}:{config.Port}";

    private async Task<Delivery> SendAsync(LenientSmtpClient client, MimeMessage message, CancellationToken cancel)
    {
        var security = config.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };
        await client.ConnectAsync(config.Host, config.Port, security, cancel);
        if (config.Username is { } user)
            await client.AuthenticateAsync(user, MailSecret.Read(config), cancel);
        await client.SendAsync(message, cancel);
        try
        {
            await client.DisconnectAsync(quit: true, cancel);
        }
        catch (Exception e) when (e is SocketException or IOException or ProtocolException or OperationCanceledException)
        {
            // The server has taken the mail; how it says goodbye changes nothing, and sending again would double it.
        }

        return new Delivery.Delivered(client.Refused.Count == 0 ? null : "refused for " + string.Join(", ", client.Refused));
    }

    private MimeMessage Compose(AlertMail mail)
    {
        string domain = Domain(mail.Host);
        var message = new MimeMessage { Subject = MailText.Subject(mail), MessageId = $"{mail.MessageId}@{domain}", Date = mail.Time };
        message.From.Add(MailboxAddress.Parse(config.From));
        foreach (string to in config.To)
            message.To.Add(MailboxAddress.Parse(to));

        // No mail is the first of its thread: each refers to a root that was never sent, so a lost one leaves no hole.
        string root = $"canary.{mail.Thread}@{domain}";
        message.InReplyTo = root;
        message.References.Add(root);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add("X-Canary-Kind", mail.Kind.ToString().ToLowerInvariant());
        message.Headers.Add("X-Canary-Level", mail.Alerts[^1].Rule.Level);
        message.Headers.Add("X-Canary-Attempt", mail.Attempt.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var alert in mail.Alerts.Take(50))
            message.Headers.Add("X-Canary-Alert", alert.Id);
        message.Body = new MultipartAlternative
        {
            new TextPart("plain") { Text = MailText.Plain(mail) },
            new TextPart("html") { Text = MailText.Html(mail) },
        };
        return message;
    }

    /// <summary>A host name as a Message-ID may carry it.</summary>
    private static string Domain(string host)
    {
        string domain = new([.. host.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.').Take(200)]);
        return domain.Trim('.') is { Length: > 0 } sound ? sound : "canary.invalid";
    }

    private static string Safe(string text) => Text.Printable.Line(text.ReplaceLineEndings(" "), 300);
}
