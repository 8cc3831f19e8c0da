using System.Diagnostics;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>A process that waits for a range of chunks of one file.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Demand(Question asked, int first, int last)
{
    private int _next = first;
    private int _done = first;

    public Question Asked => asked;

    public int First { get; } = first;

    public int Last => last;

    public long Began { get; } = Stopwatch.GetTimestamp();

    /// <summary>The first chunk that nobody has begun, as far as is known.</summary>
    public ref int Next => ref _next;

    /// <summary>The first chunk that is not known to be good.</summary>
    public ref int Done => ref _done;

    public bool Holds(int chunk) => chunk >= First && chunk <= last;

    /// <summary>The file changed: from the beginning.</summary>
    public void Restart() => (_next, _done) = (First, First);
}
