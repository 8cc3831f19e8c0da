using System.Net;
using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Microsoft-Windows-Kernel-Network: connects, and the first datagram of a process to an address.
/// Layouts: jdu2600/Windows10EtwEvents, manifest/Microsoft-Windows-Kernel-Network.tsv. Addresses and ports are in network order
/// (the manifest's out types win:IPv4 and win:Port).
/// <code>
/// 12, 42 (IPv4)  u32 PID, size, daddr, saddr, u16 dport, sport, … (not read)
/// 28, 58 (IPv6)  u32 PID, size, 16 bytes daddr, 16 bytes saddr, u16 dport, sport, … (not read)
/// </code>
/// </summary>
internal sealed class KernelNetworkDecoder : IEtwDecoder
{
    private const ushort ConnectV4 = 12, ConnectV6 = 28, SendV4 = 42, SendV6 = 58;
    private const byte Newest = 0;
    private const int MostRemembered = 32 * 1024;

    private readonly RecentMap<(ProcessKey, IPAddress, int), bool> _sent = new(MostRemembered);

    public EtwProvider Provider => EtwProvider.KernelNetwork;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        if (header.Id is not (ConnectV4 or ConnectV6 or SendV4 or SendV6))
            return EtwOutcome.NotOurs;
        bool isV4 = header.Id is ConnectV4 or SendV4;
        var reader = new PayloadReader(record);
        int pid = reader.Pid();
        reader.U32();
        var address = isV4 ? reader.V4() : reader.V6();
        reader.Skip(isV4 ? 4 : 16);
        int port = reader.Port();
        if (reader.Failed || address is null)
            return reader.Outcome(header.Version, Newest);
        // The thread is often the network stack's own; the payload names the process.
        var actor = state.Processes.KeyOf(pid, header.AtNs);
        bool isTcp = header.Id is ConnectV4 or ConnectV6;
        if (!isTcp)
        {
            var sent = (actor, address, port);
            if (_sent.TryGet(sent, out _))
                return EtwOutcome.Taken;
            _sent.Set(sent, true);
        }

        into.Add(new Connected(header.AtNs, actor, isTcp ? NetworkProtocol.Tcp : NetworkProtocol.Udp, address, port));
        return EtwOutcome.Taken;
    }
}
