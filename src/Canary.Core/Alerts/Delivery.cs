namespace Canary.Alerts;

/// <summary>What became of one attempt to tell somebody. The notifier says what happened; the outbox decides what follows.</summary>
public abstract record Delivery
{
    private Delivery()
    {
    }

    /// <param name="Note">What is worth knowing all the same, such as a recipient that was refused.</param>
    public sealed record Delivered(string? Note = null) : Delivery;

    /// <summary>The other side is away, busy or misconfigured: the same message may pass later.</summary>
    public sealed record RetryLater(string Reason) : Delivery;

    /// <summary>The other side refuses this message for good.</summary>
    public sealed record GiveUp(string Reason) : Delivery;
}
