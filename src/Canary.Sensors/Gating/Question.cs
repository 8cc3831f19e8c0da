using System.Diagnostics;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>
/// A question of the kernel that is not answered at a glance. It is answered once, by whoever comes first: the worker that looks into it,
/// or the clock when its time is over. Its descriptor is closed by the one who holds it, so that no number is used twice meanwhile.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Question(PermissionEvent asked)
{
    private int _answered;

    public int Descriptor => asked.Descriptor;

    public int Pid => asked.Pid;

    public bool IsOpen => asked.IsOpen;

    public long Offset => asked.Offset;

    public long Count => asked.Count;

    public long At { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>The file that it is about, as soon as that is known.</summary>
    public Watched? File { get; set; }

    /// <summary>The file was in other hands when it was judged, and may be for long.</summary>
    public bool Held { get; set; }

    /// <summary>It waits for chunks of the file, and goes on waiting while any are compared.</summary>
    public bool Waits { get; set; }

    public bool IsAnswered => Volatile.Read(ref _answered) != 0;

    /// <summary>It is judged anew, and its time begins anew.</summary>
    public void Again() => (Waits, At) = (false, Stopwatch.GetTimestamp());

    /// <summary>True for the first who asks: the answer is theirs.</summary>
    public bool Claim() => Interlocked.Exchange(ref _answered, 1) == 0;

    public bool IsOver(TimeSpan deadline) => Stopwatch.GetElapsedTime(Waits && File is { } file ? Math.Max(At, file.ProgressAt) : At) > deadline;
}
