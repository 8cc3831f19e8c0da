namespace Canary.Events;

/// <summary>One process for its whole life. A pid alone is reused; a pid with the nanosecond at which it was forked is not.</summary>
/// <param name="Pid">Thread group id in the initial pid namespace.</param>
/// <param name="StartedNs">Nanoseconds since boot at the fork (<c>task_struct.start_boottime</c>), counting suspend. An exec does not change it.</param>
public readonly record struct ProcessKey(int Pid, long StartedNs)
{
    public static ProcessKey None => default;

    public bool IsNone => Pid == 0;
}
