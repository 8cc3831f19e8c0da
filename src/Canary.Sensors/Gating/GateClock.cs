using System.Collections.Concurrent;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>
/// Ends what waits too long, whoever is busy with it. It takes no lock that is held while a disk is waited for, reads nothing and tells
/// nothing itself: whatever else stands still, each question is answered.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class GateClock(GateQueue queue, GateJudge judge, ModelGateOptions options)
{
    private readonly ConcurrentQueue<Question> _cut = new();

    public void Turn()
    {
        queue.Turn();
        foreach (var asked in queue.Late(options.Deadline))
        {
            if (judge.Cut(asked))
                _cut.Enqueue(asked);
        }
    }

    /// <summary>Tells of those that were ended. From another thread: to ask who the process is takes as long as that process lets it.</summary>
    public void Tell()
    {
        while (_cut.TryDequeue(out var asked))
            judge.TellCut(asked);
    }
}
