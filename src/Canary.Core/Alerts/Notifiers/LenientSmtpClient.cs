using MailKit.Net.Smtp;
using MimeKit;

namespace Canary.Alerts.Notifiers;

/// <summary>Goes on when some of the recipients are refused: the others must not go without. Fails when all are.</summary>
internal sealed class LenientSmtpClient : SmtpClient
{
    private readonly List<string> _refused = [];
    private SmtpResponse? _last;

    public IReadOnlyList<string> Refused => _refused;

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        _refused.Add(Text.Printable.Line($"{mailbox.Address} ({(int)response.StatusCode} {response.Response})", 300));
        _last = response;
    }

    protected override void OnNoRecipientsAccepted(MimeMessage message) => throw new SmtpCommandException(
        SmtpErrorCode.RecipientNotAccepted, _last?.StatusCode ?? SmtpStatusCode.TransactionFailed, string.Join("; ", _refused));
}
