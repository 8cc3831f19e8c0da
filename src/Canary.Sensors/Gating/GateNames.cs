using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>
/// Hears of directories that come below the guarded ones, so that they are marked too. That is a moment after they came: who opens a
/// file in one within that moment is not asked about.
/// </summary>
/// <param name="written">Of files that were written to, too.</param>
[SupportedOSPlatform("linux")]
internal sealed unsafe class GateNames(bool written) : IDisposable
{
    private const uint Created = 0x100, MovedTo = 0x80, CloseWrite = 0x8, OnlyDirectory = 0x01000000, DoNotFollow = 0x02000000, IsDirectory = 0x40000000, Overflow = 0x4000;
    private const int HeaderBytes = 16;
    private const int BufferBytes = 16 * 1024;

    private readonly int _descriptor = GateCalls.INotifyInit(LibC.OCloExec | LibC.ONonBlock);
    private readonly int _wake = GateCalls.EventFd(0, LibC.OCloExec | LibC.ONonBlock);
    private readonly Dictionary<int, string> _folders = [];
    private volatile bool _ended;

    /// <summary>The directories that could not be watched for new ones.</summary>
    public int Unwatched { get; private set; }

    public void Enter(string folder)
    {
        lock (_folders)
        {
            fixed (byte* name = Bytes.Terminated(Bytes.Of(folder)))
            {
                int watch = GateCalls.INotifyAddWatch(_descriptor, name, Created | MovedTo | (written ? CloseWrite : 0) | OnlyDirectory | DoNotFollow);
                if (watch >= 0)
                    _folders[watch] = folder;
                else
                    Unwatched++;
            }
        }
    }

    /// <param name="came">Told of each new directory.</param>
    /// <param name="named">Told of each other new name, and of each file that was written to.</param>
    /// <param name="lost">More came than could be heard of: everything is to be looked at anew.</param>
    public void Run(Action<string> came, Action<string> named, Action lost)
    {
        byte* buffer = (byte*)NativeMemory.Alloc(BufferBytes);
        var polled = stackalloc GateCalls.PollFd[2];
        polled[0] = new() { Descriptor = _descriptor, Events = GateCalls.PollIn };
        polled[1] = new() { Descriptor = _wake, Events = GateCalls.PollIn };
        while (!_ended)
        {
            _ = GateCalls.Poll(polled, 2, -1);
            nint length;
            while (!_ended && (length = LibC.Read(_descriptor, buffer, BufferBytes)) > 0)
                Hear(new ReadOnlySpan<byte>(buffer, (int)length), came, named, lost);
        }

        NativeMemory.Free(buffer);
    }

    public void End()
    {
        _ended = true;
        ulong one = 1;
        _ = GateCalls.Write(_wake, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _ = LibC.Close(_descriptor);
        _ = LibC.Close(_wake);
    }

    private void Hear(ReadOnlySpan<byte> events, Action<string> came, Action<string> named, Action lost)
    {
        while (events.Length >= HeaderBytes)
        {
            int watch = BinaryPrimitives.ReadInt32LittleEndian(events);
            uint mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            int size = (int)BinaryPrimitives.ReadUInt32LittleEndian(events[12..]);
            if (size < 0 || size > events.Length - HeaderBytes)
                return;
            var name = events.Slice(HeaderBytes, size);
            events = events[(HeaderBytes + size)..];
            if ((mask & Overflow) != 0)
            {
                lost();
                continue;
            }

            string? folder;
            lock (_folders)
                folder = _folders.GetValueOrDefault(watch);
            int zero = name.IndexOf((byte)0);
            if (folder is not null)
                ((mask & IsDirectory) != 0 ? came : named)(Path.Combine(folder, Encoding.UTF8.GetString(zero >= 0 ? name[..zero] : name)));
        }
    }
}
