using System.Diagnostics;
using System.Runtime.Versioning;
using System.Threading.Channels;
using Canary.Events;
using Canary.Findings;
using Canary.Models.Gating;
using Canary.Text;

namespace Canary.Sensors.Gating;

/// <summary>What the gate tells, once each, through a channel that never holds up a worker: what does not fit is counted.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateReports(LoaderProbe probe, TimeProvider time)
{
    private const int MostWaiting = 4096;
    private const int MostRemembered = 16_384;

    // A loader opens its device before or after the file. This is how long after it is looked at once more.
    private static readonly TimeSpan LooksAgain = TimeSpan.FromMilliseconds(400);

    private readonly Channel<GateWord> _words = Channel.CreateBounded<GateWord>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly HashSet<(int Pid, long Started, FileId File, GateAnswer Answer, GateReason Reason, int Chunk)> _told = [];
    private readonly Queue<(long At, ModelLoad Load)> _held = new();
    private long _dropped;

    public ChannelReader<GateWord> Words => _words.Reader;

    /// <summary>
    /// A load that is allowed, or would have been refused but for the policy. Told a moment later, with the devices that the process has by then.
    /// </summary>
    public void Allowed(string path, FileId id, GatedFile? file, GateReason reason, string detail, int pid, int chunk = -1)
    {
        if (Make(path, id, file, GateAnswer.Allowed, reason, detail, pid, chunk) is not { } load)
            return;
        lock (_told)
            _held.Enqueue((Stopwatch.GetTimestamp(), load));
    }

    public void Denied(string path, FileId id, GatedFile? file, GateReason reason, string detail, int pid, int chunk = -1)
    {
        if (Make(path, id, file, GateAnswer.Denied, reason, detail, pid, chunk) is { } load)
            Say(new GateSubject(load));
    }

    public void Ungated(string path, FileId id, GatedFile? file, string detail, int pid)
    {
        if (Make(path, id, file, GateAnswer.Ungated, GateReason.Open, detail, pid, -1) is { } load)
            Say(new GateSubject(load));
    }

    public void Unverifiable(string path, string detail, Loader loader) =>
        Say(new GateSubject(new ModelLoad(path, null, GateAnswer.Unverifiable, GateReason.Direct, detail, loader, [], time.GetUtcNow())));

    public void Health(string lossClass, long count, string reason) =>
        Say(new GateSubject(new HealthReport("model-gate", lossClass, count, reason, time.GetUtcNow())));

    public void Say(GateWord word)
    {
        if (!_words.Writer.TryWrite(word))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Tells what waited long enough, or all of it.</summary>
    public void Turn(bool all = false)
    {
        while (true)
        {
            ModelLoad load;
            lock (_told)
            {
                if (!_held.TryPeek(out var next) || (!all && Stopwatch.GetElapsedTime(next.At) < LooksAgain))
                    break;
                load = _held.Dequeue().Load;
            }

            Say(new GateSubject(WithDevices(load)));
        }

        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            Health("report", dropped, "more was to be told than could be taken");
    }

    public void End() => _words.Writer.TryComplete();

    private static ModelLoad WithDevices(ModelLoad load)
    {
        var now = LoaderProbe.Devices(load.Loader.Pid, load.Loader.StartedNs);
        return now.Count <= load.Loader.Devices.Count ? load
            : new ModelLoad(load.Path, load.File, load.Answer, load.Reason, load.Detail, load.Loader with { Devices = now }, load.Tensors, load.Time);
    }

    private ModelLoad? Make(string path, FileId id, GatedFile? file, GateAnswer answer, GateReason reason, string detail, int pid, int chunk)
    {
        lock (_told)
        {
            if (_told.Count >= MostRemembered)
                _told.Clear();
            if (!_told.Add((pid, LoaderProbe.Started(pid), id, answer, reason, chunk)))
                return null;
        }

        string[] tensors = file is not null && chunk >= 0 ? [.. file.TensorsIn(chunk).Select(t => Printable.Line(t, 256))] : [];
        return new ModelLoad(path, file, answer, reason, detail, probe.Describe(pid), tensors, time.GetUtcNow());
    }
}
