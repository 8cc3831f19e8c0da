using System.Runtime.ExceptionServices;

namespace Canary.Models.Hashing;

/// <summary>The same work on several threads, the caller's among them.</summary>
internal static class Workers
{
    /// <summary>Runs it so many times at once and waits for all; what the first of them throws is thrown here.</summary>
    /// <param name="work">Takes its share from the others' by itself, and stops soon where the token says so.</param>
    public static void Run(int threads, Action<CancellationToken> work, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ExceptionDispatchInfo? failure = null;
        void Guarded()
        {
            try
            {
                work(stop.Token);
            }
            catch (Exception e)
            {
                // The first says why; the others were only stopped.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                stop.Cancel();
            }
        }

        var others = new Thread[Math.Max(0, threads - 1)];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(Guarded) { IsBackground = true, Name = "model digest" };
            others[i].Start();
        }

        Guarded();
        foreach (var other in others)
            other.Join();
        failure?.Throw();
        cancel.ThrowIfCancellationRequested();
    }
}
