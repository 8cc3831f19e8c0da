using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Proc;

/// <summary>The kernel's process connector: a netlink socket on which it tells every fork, exec and exit (linux/cn_proc.h).</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class ProcessConnector : IDisposable
{
    private const int Netlink = 16, Datagram = 2 | 0x80000 /* SOCK_CLOEXEC */, Connector = 11, ProcGroup = 1;
    private const int SocketLevel = 1, ForceReceiveBuffer = 33, DoNotWait = 0x40;
    private const int NoBuffers = 105;
    private const int Header = 16 + 20; // nlmsghdr, cn_msg
    private const int BufferBytes = 8 << 20;

    private readonly int _socket;

    private ProcessConnector(int socket) => _socket = socket;

    /// <summary>Times the kernel said that it had to drop messages; how many, it does not say.</summary>
    public long Overflows { get; private set; }

    /// <summary>Null with errno left behind when the kernel refuses.</summary>
    public static ProcessConnector? Open()
    {
        int socket = Socket(Netlink, Datagram, Connector);
        if (socket < 0)
            return null;
        int size = BufferBytes;
        _ = SetOption(socket, SocketLevel, ForceReceiveBuffer, &size, sizeof(int));
        Span<uint> address = [Netlink, 0, ProcGroup]; // family and padding, any port, group mask
        fixed (uint* first = address)
        {
            if (Bind(socket, first, 12) == 0 && Listen(socket))
                return new ProcessConnector(socket);
        }

        int error = Marshal.GetLastPInvokeError();
        _ = Close(socket);
        Marshal.SetLastPInvokeError(error);
        return null;
    }

    /// <summary>The next message without waiting for one; false when there is none.</summary>
    public bool TryRead(out ConnectorEvent seen)
    {
        byte* buffer = stackalloc byte[512];
        while (true)
        {
            nint length = Receive(_socket, buffer, 512, DoNotWait);
            if (length < 0)
            {
                if (Marshal.GetLastPInvokeError() != NoBuffers)
                {
                    seen = default;
                    return false;
                }

                Overflows++;
                continue;
            }

            if (TryParse(new ReadOnlySpan<byte>(buffer, (int)length), out seen))
                return true;
        }
    }

    public void Dispose() => _ = Close(_socket);

    private static bool TryParse(ReadOnlySpan<byte> message, out ConnectorEvent seen)
    {
        seen = default;
        if (message.Length < Header + 32)
            return false;
        var body = message[Header..];
        var kind = (ConnectorKind)BinaryPrimitives.ReadUInt32LittleEndian(body);
        long at = BinaryPrimitives.ReadInt64LittleEndian(body[8..]);
        int Word(int index, ReadOnlySpan<byte> of) => BinaryPrimitives.ReadInt32LittleEndian(of[(16 + 4 * index)..]);
        seen = kind switch
        {
            // fork: parent pid, parent tgid, child pid, child tgid
            ConnectorKind.Fork => new ConnectorEvent(kind, at, Word(3, body), Word(2, body) == Word(3, body), Word(1, body), 0),
            // exec: pid, tgid
            ConnectorKind.Exec => new ConnectorEvent(kind, at, Word(1, body), true, 0, 0),
            // exit: pid, tgid, code
            ConnectorKind.Exit => new ConnectorEvent(kind, at, Word(1, body), Word(0, body) == Word(1, body), 0, Word(2, body)),
            _ => default,
        };
        return seen.WholeProcess;
    }

    private static bool Listen(int socket)
    {
        Span<byte> message = stackalloc byte[Header + 4];
        message.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt16LittleEndian(message[4..], 3); // NLMSG_DONE
        BinaryPrimitives.WriteInt32LittleEndian(message[16..], 1); // CN_IDX_PROC
        BinaryPrimitives.WriteInt32LittleEndian(message[20..], 1); // CN_VAL_PROC
        BinaryPrimitives.WriteInt16LittleEndian(message[32..], 4);
        BinaryPrimitives.WriteInt32LittleEndian(message[36..], 1); // PROC_CN_MCAST_LISTEN
        fixed (byte* first = message)
            return Send(socket, first, (nuint)message.Length, 0) == message.Length;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, void* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, void* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, void* into, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);
}

internal enum ConnectorKind : uint
{
    None = 0,
    Fork = 1,
    Exec = 2,
    Exit = 0x80000000,
}

/// <param name="AtNs">By CLOCK_MONOTONIC, which stands still in suspend.</param>
/// <param name="WholeProcess">False for a single thread.</param>
internal readonly record struct ConnectorEvent(ConnectorKind Kind, long AtNs, int Pid, bool WholeProcess, int Parent, int Status);
