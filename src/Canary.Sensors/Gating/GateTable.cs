using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>
/// The thread that hears the kernel. It opens no path, writes no log, waits for no lock that is held for long, and answers its own
/// process first: whatever else stands still, the gate cannot wait for itself.
/// </summary>
/// <param name="turn">Answers what comes when nobody is to judge it any longer.</param>
[SupportedOSPlatform("linux")]
internal sealed unsafe class GateTable(GateGroup group, WatchedFiles files, GateQueue queue, GateReports reports, Action<PermissionEvent> turn) : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly int _self = Environment.ProcessId;
    private readonly int _wake = GateCalls.EventFd(0, LibC.OCloExec | LibC.ONonBlock);
    private volatile bool _ended;

    public void Run()
    {
        byte* buffer = (byte*)NativeMemory.AlignedAlloc(BufferBytes, 8);
        var polled = stackalloc GateCalls.PollFd[2];
        polled[0] = new() { Descriptor = group.Descriptor, Events = GateCalls.PollIn };
        polled[1] = new() { Descriptor = _wake, Events = GateCalls.PollIn };
        while (!_ended)
        {
            if (GateCalls.Poll(polled, 2, -1) < 0 && Marshal.GetLastPInvokeError() != 4)
                break;
            Take(buffer);
        }

        // Another process may hold the group open beyond this one's end, and nobody would answer them.
        Take(buffer);
        NativeMemory.AlignedFree(buffer);
    }

    public void End()
    {
        _ended = true;
        ulong one = 1;
        _ = GateCalls.Write(_wake, &one, sizeof(ulong));
    }

    public void Dispose() => _ = LibC.Close(_wake);

    private void Take(byte* buffer)
    {
        nint length;
        while ((length = LibC.Read(group.Descriptor, buffer, BufferBytes)) > 0)
        {
            var rest = new ReadOnlySpan<byte>(buffer, (int)length);
            while (PermissionEvent.TryRead(ref rest, out var asked))
                Hear(asked);
        }
    }

    private void Hear(PermissionEvent asked)
    {
        if (asked.IsOverflow || asked.Descriptor < 0)
        {
            // What did not fit the kernel's queue was allowed by it.
            reports.Health("file", 1, "the kernel could not queue all questions, and allowed what it could not ask");
        }
        else if (!asked.Asks)
        {
            _ = LibC.Close(asked.Descriptor);
        }
        else if (asked.Pid == _self || IsGood(asked))
        {
            group.Allow(asked);
        }
        else if (!queue.Ask(new Question(asked)))
        {
            turn(asked);
        }
    }

    private bool IsGood(PermissionEvent asked)
    {
        if (asked.IsOpen || OpenFile.Of(asked.Descriptor) is not { } facts || files.Find(WatchedFiles.IdOf(facts)) is not { } file || !Monitor.TryEnter(file))
            return false;
        bool more = false;
        try
        {
            if (file.Verdicts.Stamp != facts.Stamp)
                return false;
            if (!file.Verdicts.Covers(asked.Offset, asked.Count, out int first, out int last))
                return true;
            if (file.Verdicts.Of(first, last, out _) != ChunkState.Good)
                return false;
            more = file.Passed(last);
            return true;
        }
        finally
        {
            Monitor.Exit(file);
            if (more)
                queue.Activate(file);
        }
    }
}
