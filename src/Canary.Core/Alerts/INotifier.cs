namespace Canary.Alerts;

/// <summary>A way to tell somebody. It makes one attempt and classifies its end; waiting and trying again are the outbox's.</summary>
public interface INotifier
{
    /// <summary>Short and fixed; the outbox stores it: <c>email</c>.</summary>
    string Name { get; }

    /// <summary>Throws only for cancellation.</summary>
    Task<Delivery> NotifyAsync(AlertMail mail, CancellationToken cancel);
}

/// <summary>One message: an alert, a repeat of one, or a digest of many.</summary>
/// <param name="MessageId">Made from the outbox row, so that a second copy of a message is recognisable as one.</param>
/// <param name="Thread">The same for every message of one group.</param>
/// <param name="Alerts">One, or in a digest several, newest last.</param>
/// <param name="Attempt">From 1. Above 1 an earlier attempt ended without an answer, so the message may arrive twice.</param>
public sealed record AlertMail(string MessageId, string Thread, MailKind Kind, IReadOnlyList<Alert> Alerts, string Host, DateTimeOffset Time, int Attempt);

public enum MailKind
{
    Alert,
    Repeat,
    Digest,
    Test,
}
