namespace Canary.Rules;

/// <summary>The extension <c>near</c>: rules that must have matched before, in the same group, within a time.</summary>
internal sealed class Near(TimeSpan within, bool ordered, bool inSession, Rule[] after)
{
    public TimeSpan Within { get; } = within;

    public bool Ordered { get; } = ordered;

    /// <summary>Only within an agent session; else within the subject's own group, session or process tree.</summary>
    public bool InSession { get; } = inSession;

    public Rule[] After { get; } = after;

    /// <summary>How many layers of sequences lie under this one: a layer is evaluated after those below it.</summary>
    public int Depth => 1 + After.Max(r => r.Near?.Depth ?? 0);

    public bool SameAs(Near other) => Within == other.Within && Ordered == other.Ordered && InSession == other.InSession
        && After.Select(r => r.Facts.Id).SequenceEqual(other.After.Select(r => r.Facts.Id));
}
