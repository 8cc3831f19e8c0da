using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Canary.Rules;

/// <summary>An address in a network, IPv4 or IPv6. An IPv4 address written as IPv6 (<c>::ffff:…</c>) is the IPv4 address.</summary>
internal sealed class CidrTest(IPNetwork network) : TextualTest
{
    private readonly bool _isIPv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
    private readonly uint _base = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork
        ? BinaryPrimitives.ReadUInt32BigEndian(network.BaseAddress.GetAddressBytes()) : 0;

    private readonly uint _mask = network.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - network.PrefixLength);

    public override string Words => $"is in the network {network}";

    protected override bool Holds(ReadOnlySpan<char> text, Reading reading)
    {
        if (TryParse(text, out uint plain))
            return _isIPv4 && (plain & _mask) == _base;
        // Without a colon .NET would take 10.1 and 0x7f000001 for addresses.
        if (text.Length is < 2 or > 64 || !text.Contains(':') || !IPAddress.TryParse(text, out var address))
            return false;
        if (address.IsIPv4MappedToIPv6 && _isIPv4)
            address = address.MapToIPv4();
        return network.Contains(address);
    }

    /// <summary>Four plain decimal numbers: nearly every address that is met, read without allocating.</summary>
    private static bool TryParse(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        int dots = 0, digits = 0, part = 0;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c) && digits < 3 && !(digits == 1 && part == 0))
            {
                part = (part * 10) + (c - '0');
                digits++;
            }
            else if (c == '.' && digits > 0 && part <= 255 && ++dots < 4)
            {
                address = (address << 8) | (uint)part;
                (part, digits) = (0, 0);
            }
            else
            {
                return false;
            }
        }

        address = (address << 8) | (uint)part;
        return dots == 3 && digits > 0 && part <= 255;
    }
}
