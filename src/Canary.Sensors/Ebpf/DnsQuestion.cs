using System.Buffers.Binary;
using System.Text;
using Canary.Text;

namespace Canary.Sensors.Ebpf;

/// <summary>The first question of a DNS message (RFC 1035 §4.1.2), from hostile bytes.</summary>
internal static class DnsQuestion
{
    /// <summary>False when the bytes are no question. A dot or backslash inside a label stands as <c>\xNN</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out string name, out int type)
    {
        name = "";
        type = 0;
        var text = new StringBuilder(bytes.Length);
        int total = 0;
        while (true)
        {
            if (bytes.IsEmpty)
                return false;
            int length = bytes[0];
            bytes = bytes[1..];
            if (length == 0)
                break;
            total += length + 1;
            if (length > 63 || length > bytes.Length || total > 255)
                return false;
            if (text.Length > 0)
                text.Append('.');
            Append(text, bytes[..length]);
            bytes = bytes[length..];
        }

        if (bytes.Length < 4)
            return false;
        name = text.Length > 0 ? text.ToString() : ".";
        type = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return true;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> label)
    {
        bool lossy = false;
        foreach (char c in Utf8.Decode(label, ref lossy))
        {
            if (c == '.')
                text.Append("\\x2e");
            else
                text.Append(c);
        }
    }
}
