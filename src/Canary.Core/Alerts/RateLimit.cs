namespace Canary.Alerts;

/// <summary>How many new alerts each rule may still open in the current window.</summary>
internal sealed class RateLimit(int most, TimeSpan window)
{
    private readonly Dictionary<string, (DateTimeOffset Start, int Used)> _rules = new(StringComparer.Ordinal);

    public bool TryTake(string rule, DateTimeOffset now)
    {
        var (start, used) = _rules.GetValueOrDefault(rule, (now, 0));
        // Before the start: the clock was set back.
        if (now < start || now - start >= window)
            (start, used) = (now, 0);
        if (used >= most)
            return false;
        _rules[rule] = (start, used + 1);
        return true;
    }

    /// <summary>What was taken came to nothing: its alert could not be stored and will be tried again.</summary>
    public void GiveBack(string rule)
    {
        if (_rules.TryGetValue(rule, out var state) && state.Used > 0)
            _rules[rule] = (state.Start, state.Used - 1);
    }
}
