using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>
/// The group of a gate that another process works at, held open here, so that the kernel does not let everything through when that one
/// dies: then everything that it asks is refused, until another gate stands.
/// </summary>
/// <remarks>
/// A question that the dead process had read cannot be read again, and is answered by the number that its descriptor had there. Nobody here
/// knows the numbers, so all are answered. That is why a group is never given to a second worker: its numbers would begin anew, and an
/// answer for one question could meet another.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed unsafe class HeldGate : IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private const int MostDescriptors = 1 << 20;

    private readonly GateGroup _group;
    private readonly int _wake = GateCalls.EventFd(0, LibC.OCloExec | LibC.ONonBlock);
    private Thread? _refusing;
    private volatile int _child;
    private volatile bool _ended;
    private long _refused;

    private HeldGate(GateGroup group) => _group = group;

    /// <summary>For the child that works at it: not closed by exec.</summary>
    public int Descriptor => _group.Descriptor;

    /// <summary>Opens and reads that were refused because nobody was there to judge them.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Null, or in words why there is none.</summary>
    public static string? Open(out HeldGate? held)
    {
        held = null;
        if (GateGroup.Open(-1, out var group) is { } lack)
            return lack;
        _ = GateCalls.FCntl(group!.Descriptor, GateCalls.FSetFd, 0);
        held = new HeldGate(group);
        return null;
    }

    /// <summary>Nothing more is asked: the gate is to end, and nobody need refuse for it.</summary>
    public void Leave() => _group.UnmarkAll();

    /// <summary>In the child: a copy for a gate, which closes what it is given, also where it fails to stand.</summary>
    public static int Copy(int descriptor) => descriptor < 0 ? -1 : GateCalls.FCntl(descriptor, GateCalls.FDupCloExec, 0);

    /// <summary>In the child: a gate stands by a copy.</summary>
    public static void Close(int descriptor)
    {
        if (descriptor >= 0)
            _ = LibC.Close(descriptor);
    }

    /// <summary>The process that worked at it is dead: from now on everything is refused.</summary>
    public void Refuse()
    {
        // Of the children to come none is to have this one.
        _ = GateCalls.FCntl(_group.Descriptor, GateCalls.FSetFd, GateCalls.CloExec);
        _refusing = new Thread(Run) { Name = "gate held", IsBackground = true };
        _refusing.Start();
    }

    /// <summary>Who is to set up the next gate, and may open what it likes.</summary>
    public void Spare(int child) => _child = child;

    public void Dispose()
    {
        _ended = true;
        ulong one = 1;
        _ = GateCalls.Write(_wake, &one, sizeof(ulong));
        _refusing?.Join();
        _group.Dispose();
        _ = LibC.Close(_wake);
    }

    private void Run()
    {
        int most = Descriptors();
        for (int number = 0; number < most && !_ended; number++)
        {
            if (_group.TryDeny(number, LibC.EPerm))
                Interlocked.Increment(ref _refused);
        }

        byte* buffer = (byte*)NativeMemory.AlignedAlloc(BufferBytes, 8);
        var polled = stackalloc GateCalls.PollFd[2];
        polled[0] = new() { Descriptor = _group.Descriptor, Events = GateCalls.PollIn };
        polled[1] = new() { Descriptor = _wake, Events = GateCalls.PollIn };
        while (!_ended)
        {
            _ = GateCalls.Poll(polled, 2, -1);
            nint length;
            while (!_ended && (length = LibC.Read(_group.Descriptor, buffer, BufferBytes)) > 0)
            {
                var rest = new ReadOnlySpan<byte>(buffer, (int)length);
                while (PermissionEvent.TryRead(ref rest, out var asked))
                    Hear(asked);
            }
        }

        NativeMemory.AlignedFree(buffer);
    }

    private void Hear(PermissionEvent asked)
    {
        if (asked.Descriptor < 0)
            return;
        if (!asked.Asks)
        {
            _ = LibC.Close(asked.Descriptor);
        }
        else if (asked.Pid == Environment.ProcessId || (asked.Pid == _child && _child != 0))
        {
            _group.Allow(asked);
        }
        else
        {
            Interlocked.Increment(ref _refused);
            _group.Deny(asked, asked.IsOpen ? LibC.EPerm : GateCalls.EIo);
        }
    }

    // The child's limit was this one's.
    private static int Descriptors()
    {
        foreach (string line in File.ReadLines("/proc/self/limits"))
        {
            if (line.StartsWith("Max open files", StringComparison.Ordinal)
                && int.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], NumberStyles.None, CultureInfo.InvariantCulture, out int most))
                return Math.Min(most, MostDescriptors);
        }

        return MostDescriptors;
    }
}
