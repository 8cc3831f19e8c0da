using System.Net;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Events;
using Canary.Sensors.Proc;
using Canary.Text;

namespace Canary.Sensors.Ebpf;

/// <summary>Turns a record of the kernel rings into an event.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EventReader
{
    private readonly KernelTexts _texts = new();

    /// <summary>Null when there is nothing to tell: a datagram to port 53 that is no question (the connection itself is told elsewhere).</summary>
    public SensorEvent? Read(ReadOnlySpan<byte> record)
    {
        ref readonly var head = ref As<WireHead>(record);
        var actor = new ProcessKey((int)head.Pid, (long)head.Start);
        long at = (long)head.At;
        switch (head.Kind)
        {
            case WireKind.Fork:
                return new ProcessForked(at, actor, new ProcessKey((int)head.Extra, (long)As<WireFork>(record).ChildStart), head.Session);
            case WireKind.Exec:
                return Exec(record, at, actor);
            case WireKind.Exit:
                return new ProcessExited(at, actor, ExitCode(head.Extra));
            case WireKind.Connect:
                return new Connected(at, actor, Protocol(head.Extra), Address(head.Extra, record[32..48]), (int)(head.Extra & 0xffff));
            case WireKind.Dns:
                int length = MemoryMarshal.Read<int>(record[48..]);
                return DnsQuestion.TryRead(record.Slice(52, length), out string name, out int type)
                    ? new DnsAsked(at, actor, name, type, Address(head.Extra, record[32..48]))
                    : null;
            case WireKind.System:
                return System(record, at, actor);
            default:
                return null;
        }
    }

    private ProcessExecuted Exec(ReadOnlySpan<byte> record, long at, ProcessKey actor)
    {
        ref readonly var wire = ref As<WireExec>(record);
        var flags = wire.Head.Flags;
        var rest = record[Marshal.SizeOf<WireExec>()..];
        bool lossy = false, cut = (flags & WireFlags.ArgumentsCut) != 0;
        string image = _texts.Join(rest[..wire.PathLength], (flags & WireFlags.PathDetached) != 0, (flags & WireFlags.PathUnlinked) != 0, ref lossy);
        rest = rest[wire.PathLength..];
        var requested = rest[..wire.RequestedLength];
        rest = rest[wire.RequestedLength..];
        string directory = _texts.Join(rest[..wire.DirectoryLength], (flags & WireFlags.DirectoryDetached) != 0, (flags & WireFlags.DirectoryUnlinked) != 0, ref lossy);
        rest = rest[wire.DirectoryLength..];
        if ((flags & WireFlags.PathCut) != 0)
            image = ProcFiles.Link(actor.Pid, "exe", ref lossy) ?? "/…" + image;
        if ((flags & WireFlags.DirectoryCut) != 0)
            directory = ProcFiles.Link(actor.Pid, "cwd", ref lossy) ?? "/…" + directory;
        string[] arguments = (flags & WireFlags.ArgumentsUnread) == 0
            ? _texts.Split(rest[..(int)wire.ArgumentsLength], ref lossy)
            : ProcFiles.Arguments(actor.Pid, ref cut, ref lossy);
        return new ProcessExecuted(at, actor, new ProcessKey((int)wire.Parent, (long)wire.ParentStart))
        {
            Image = image,
            Requested = requested.Length > 1 ? _texts.Text(requested[..^1], ref lossy) : image,
            Arguments = arguments,
            CurrentDirectory = directory,
            Uid = wire.Head.Extra,
            File = new FileId(Device(wire.Device), wire.Inode),
            Session = wire.Head.Session,
            // Arguments that left memory and could not be read again count as cut too: the list is not whole.
            Truncated = cut || ((flags & WireFlags.ArgumentsUnread) != 0 && arguments.Length == 0),
            Lossy = lossy,
        };
    }

    private static SystemActed System(ReadOnlySpan<byte> record, long at, ProcessKey actor)
    {
        ref readonly var wire = ref As<WireSystem>(record);
        var name = record[Marshal.SizeOf<WireSystem>()..];
        int end = name.IndexOf((byte)0);
        bool lossy = false;
        string text = Utf8.Decode(end < 0 ? name : name[..end], ref lossy);
        var act = (SystemAct)wire.Head.Extra;
        string detail = act switch
        {
            SystemAct.Ptrace => wire.Request switch { 4 or 5 => "poke", 0x4206 => "seize", _ => "attach" },
            SystemAct.LoadBpf when text.Length == 0 => $"program type {wire.Request}",
            _ => text,
        };
        return new SystemActed(at, actor, act, detail, new ProcessKey((int)wire.Target, (long)wire.TargetStart));
    }

    /// <summary>As a shell gives it: the exit status, or 128 + the signal.</summary>
    private static int ExitCode(uint status) => (status & 0x7f) is var signal and not 0 ? 128 + (int)signal : (int)(status >> 8) & 0xff;

    // The kernel's dev_t (major << 20 | minor) as stat(2) shows it
    internal static ulong Device(uint device)
    {
        ulong major = device >> 20, minor = device & 0xfffff;
        return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xfful) << 12;
    }

    private static NetworkProtocol Protocol(uint extra) => (extra >> 24) switch { 6 => NetworkProtocol.Tcp, 17 => NetworkProtocol.Udp, _ => NetworkProtocol.Other };

    private static IPAddress Address(uint extra, ReadOnlySpan<byte> bytes)
    {
        if (((extra >> 16) & 0xff) == 4)
            return new IPAddress(bytes[..4]);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static ref readonly T As<T>(ReadOnlySpan<byte> record)
        where T : struct => ref MemoryMarshal.AsRef<T>(record);
}
