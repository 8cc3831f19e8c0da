using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Events;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>Hears who opens sealed files, without holding anyone up: the kernel answers for those by itself, and tells afterwards.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class SealedOpens : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const int LargeFile = 0x8000;

    // The kernel makes one of what a process does meanwhile: who opens a file a thousand times pays for the telling of one.
    private const int GathersMs = 20;

    private readonly int _group = LibC.FanotifyInit(Fan.CloExec | Fan.NonBlock, LargeFile | LibC.OCloExec);
    private readonly int _wake = GateCalls.EventFd(0, LibC.OCloExec | LibC.ONonBlock);
    private volatile bool _ended;

    public void Watch(int descriptor) => Mark(descriptor, Fan.MarkAdd);

    public void Leave(int descriptor) => Mark(descriptor, Fan.MarkRemove);

    /// <param name="opened">Told of the file and the pid.</param>
    /// <param name="lost">More were opened than could be heard of.</param>
    public void Run(Action<FileId, int> opened, Action lost)
    {
        byte* buffer = (byte*)NativeMemory.AlignedAlloc(BufferBytes, 8);
        var polled = stackalloc GateCalls.PollFd[2];
        polled[0] = new() { Descriptor = _group, Events = GateCalls.PollIn };
        polled[1] = new() { Descriptor = _wake, Events = GateCalls.PollIn };
        while (!_ended)
        {
            _ = GateCalls.Poll(polled, 2, -1);
            nint length;
            while ((length = LibC.Read(_group, buffer, BufferBytes)) > 0)
            {
                var rest = new ReadOnlySpan<byte>(buffer, (int)length);
                while (PermissionEvent.TryRead(ref rest, out var told))
                {
                    if (told.Descriptor < 0)
                    {
                        lost();
                        continue;
                    }

                    if (told.Pid != Environment.ProcessId && OpenFile.Of(told.Descriptor) is { } facts)
                        opened(WatchedFiles.IdOf(facts), told.Pid);
                    _ = LibC.Close(told.Descriptor);
                }
            }

            _ = GateCalls.Poll(polled + 1, 1, GathersMs);
        }

        NativeMemory.AlignedFree(buffer);
    }

    public void End()
    {
        _ended = true;
        ulong one = 1;
        _ = GateCalls.Write(_wake, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _ = LibC.Close(_group);
        _ = LibC.Close(_wake);
    }

    private void Mark(int descriptor, uint flags)
    {
        fixed (byte* name = Bytes.Terminated(Bytes.Of($"/proc/self/fd/{descriptor}")))
            _ = LibC.FanotifyMark(_group, flags, Fan.Open, LibC.AtFdCwd, name);
    }
}
