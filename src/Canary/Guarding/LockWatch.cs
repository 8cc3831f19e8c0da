using System.Runtime.Versioning;
using Canary.Models.Gating;
using Canary.Sensors.Gating;
using Canary.Text;

namespace Canary.Guarding;

/// <summary>
/// Looks once a second whether the lock on the disk is another one, and has the gate use it. A lock that is broken, empty or gone changes
/// nothing: the one in force stays, and it is said.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LockWatch(ModelGate gate, LockOnDisk inForce, IReadOnlyList<string> paths, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private const string WayOut = "The lock that was in force stays so; put a sound one there, or make one: canary model lock PATH -o FILE";

    private FileStamp? _seen = inForce.Read;
    private FileStamp? _settling;
    private bool _unsettled;
    private string _digest = inForce.Held.Digest();

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
                Look();
        }
        catch (OperationCanceledException)
        {
            // asked to
        }
    }

    /// <summary>Reads the lock when it has changed and then stayed the same for one look: who writes it in place may be at it still.</summary>
    public void Look()
    {
        var now = FileSeal.Stamp(inForce.LockFile);
        if (now == _seen)
        {
            _unsettled = false;
        }
        else if (!_unsettled || now != _settling)
        {
            (_unsettled, _settling) = (true, now);
        }
        else
        {
            (_unsettled, _seen) = (false, now);
            Take();
        }
    }

    private void Take()
    {
        var held = LockOnDisk.Now(inForce.LockFile, out string why);
        string shown = Printable.Line(inForce.LockFile, 400);
        if (held is null)
        {
            gate.Say("lock", $"{shown} was replaced and cannot be used: {Printable.Line(why, 400)}. {WayOut}", 1);
            return;
        }

        if (held.Digest() == _digest)
            return;
        var book = (inForce with { Held = held }).Book(paths);
        if (gate.Use(book) is not { } change)
            return;
        _digest = held.Digest();
        gate.Say("lock", $"{shown} was replaced, and is in force: {change.Same} files as before, {change.Changed} with other bytes, "
            + $"{change.Added} that are new, {change.Gone} that no lock names any more", 0);
    }
}
