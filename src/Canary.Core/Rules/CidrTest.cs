using System.Net;
using System.Net.Sockets;

namespace Canary.Rules;

/// <summary>An address in a network, IPv4 or IPv6. An IPv4 address written as IPv6 (<c>::ffff:…</c>) is the IPv4 address.</summary>
internal sealed class CidrTest(IPNetwork network) : TextualTest
{
    public override string Words => $"in {network}";

    protected override bool Holds(ReadOnlySpan<char> text)
    {
        // The bounds spare the parser, and its allocation, what cannot be an address.
        if (text.Length is < 2 or > 64 || !IPAddress.TryParse(text, out var address))
            return false;
        if (address.IsIPv4MappedToIPv6 && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
            address = address.MapToIPv4();
        return network.Contains(address);
    }
}
