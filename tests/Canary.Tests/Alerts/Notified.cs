using System.Collections.Concurrent;
using Canary.Alerts;

namespace Canary.Tests.Alerts;

/// <summary>A notifier that answers as a test says and keeps what it was given.</summary>
internal sealed class Notified(Func<AlertMail, Task<Delivery>> answer) : INotifier
{
    private readonly ConcurrentQueue<AlertMail> _mails = new();

    public Notified(params Delivery[] answers)
        : this(Script(answers))
    {
    }

    public string Name => "email";

    public IReadOnlyList<AlertMail> Mails => [.. _mails];

    public Task<Delivery> NotifyAsync(AlertMail mail, CancellationToken cancel)
    {
        _mails.Enqueue(mail);
        return answer(mail);
    }

    private static Func<AlertMail, Task<Delivery>> Script(Delivery[] answers)
    {
        int next = 0;
        return _ => Task.FromResult(next < answers.Length ? answers[next++] : new Delivery.Delivered());
    }
}
