namespace Canary.Events;

/// <summary>
/// A source of events that is asked, not one that calls: one pump thread collects from every sensor in turn, so that an event is
/// handed on only after the process events that came before it. Queues and their bounds are the sensor's (a kernel ring, say).
/// </summary>
public interface ISensor : IDisposable
{
    /// <summary>Short and fixed: <c>ebpf</c>, <c>fanotify</c>, <c>proc-connector</c>.</summary>
    string Name { get; }

    /// <summary>Begins to observe. Never throws for want of rights or kernel support: the state says why not, and what to do.</summary>
    SensorState Start();

    /// <summary>Appends what is waiting, oldest first, and returns at once. True when more was waiting than it took.</summary>
    bool Collect(List<SensorEvent> into);

    /// <summary>Appends what was lost since the last call, per class.</summary>
    void CollectLosses(List<SensorLoss> into);
}

/// <summary>Where a sensor can be told which process trees are agent sessions, so that they are traced in full and inherit in the kernel.</summary>
public interface ITagsSessions
{
    /// <summary>Marks a live process, and every later child, as part of a session. False when the process is gone.</summary>
    bool Tag(ProcessKey process, uint session);
}

/// <summary>Where a file sensor can be told which directory tree an agent session works in.</summary>
public interface IWatchesTrees
{
    /// <summary>Watches the tree from now on, within the sensor's own bounds. Idempotent.</summary>
    void WatchTree(string directory);

    /// <summary>Ends what <see cref="WatchTree"/> began.</summary>
    void ForgetTree(string directory);
}

/// <summary>How a sensor runs: for `doctor` and the ready line.</summary>
/// <param name="Tier">The mechanism in use, or null when the sensor does not run.</param>
/// <param name="Unavailable">Why it does not run, or runs in a lower tier, in words for the user, with the way out.</param>
/// <param name="Blind">What this tier does not see, a clause each.</param>
/// <param name="Classes">The event classes it delivers: process, file, network, dns, system, device.</param>
public sealed record SensorState(string Name, string? Tier, string? Unavailable, IReadOnlyList<string> Blind, IReadOnlyList<string> Classes);
