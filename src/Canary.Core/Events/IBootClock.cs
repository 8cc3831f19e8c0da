namespace Canary.Events;

/// <summary>The clock that sensors stamp events with: nanoseconds since boot, suspend included, never set back.</summary>
public interface IBootClock
{
    long NowNs();
}
