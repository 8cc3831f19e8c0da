using System.Net;
using Canary.Events;
using Canary.Sensors.Etw;
using Xunit;
using static Canary.Tests.Sensors.Etw.EtwSamples;

namespace Canary.Tests.Sensors.Etw;

internal static class NetworkSamples
{
    public static IEnumerable<EtwSample> All(byte size)
    {
        foreach (var (id, name, protocol, address) in new (ushort, string, NetworkProtocol, string)[]
        {
            (12, "connect v4", NetworkProtocol.Tcp, "203.0.113.9"), (28, "connect v6", NetworkProtocol.Tcp, "2001:db8::9"),
            (42, "datagram v4", NetworkProtocol.Udp, "203.0.113.9"), (58, "datagram v6", NetworkProtocol.Udp, "2001:db8::9"),
        })
        {
            yield return new EtwSample($"{name} V0", Header(EtwProvider.KernelNetwork, id, 0, size),
                Sent(size, address, 8443).Bytes, new PayloadBuilder(size).Port(50000).U32(1, 2).Bytes, (events, _) =>
            {
                var connected = Assert.IsType<Connected>(Assert.Single(events));
                Assert.Equal((4321, protocol, IPAddress.Parse(address), 8443), (connected.Actor.Pid, connected.Protocol, connected.Address, connected.Port));
            });
        }

        yield return new EtwSample("dns query V0", Header(EtwProvider.DnsClient, 3006, 0, size),
            new PayloadBuilder(size).Wide("evil.example").U32(28).U64(0x4000).Wide("; 192.0.2.53;192.0.2.54;").Bytes, new PayloadBuilder(size).U32(1, 0, 0, 1).Bytes, (events, _) =>
            {
                var asked = Assert.IsType<DnsAsked>(Assert.Single(events));
                Assert.Equal(("evil.example", 28, IPAddress.Parse("192.0.2.53"), Actor), (asked.Name, asked.QueryType, asked.Server, asked.Actor.Pid));
            });
        yield return new EtwSample("dns answer V0", Header(EtwProvider.DnsClient, 3008, 0, size),
            new PayloadBuilder(size).Wide("evil.example").U32(1).U64(0x4000).U32(0).Wide("203.0.113.9;::ffff:203.0.113.10;").Bytes, [], (events, _) =>
            {
                var answered = Assert.IsType<DnsAnswered>(Assert.Single(events));
                Assert.Equal(("evil.example", 1, 0L, "203.0.113.9;::ffff:203.0.113.10;"), (answered.Name, answered.QueryType, answered.Status, answered.Results));
            });
    }

    public static PayloadBuilder Sent(byte size, string address, ushort port, int pid = 4321) =>
        new PayloadBuilder(size).U32((uint)pid, 0).Address(address).Address(address.Contains(':') ? "fe80::1" : "192.168.1.2").Port(port);
}
