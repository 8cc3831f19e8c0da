using System.Buffers.Text;

namespace Canary.Models.Containers;

/// <summary>A record of pax: lines of a length, a key and a value (POSIX.1-2001).</summary>
internal static class TarPax
{
    public static void Read(ReadOnlySpan<byte> record, ref string? path, ref long? size)
    {
        while (Utf8Parser.TryParse(record, out int length, out int digits) && length > digits + 1 && length <= record.Length
            && record[digits] == (byte)' ')
        {
            var line = record[(digits + 1)..length].TrimEnd((byte)'\n');
            record = record[length..];
            int equals = line.IndexOf((byte)'=');
            if (equals < 0)
                continue;
            var value = line[(equals + 1)..];
            if (line[..equals].SequenceEqual("path"u8))
                path = MemberNames.Decode(value);
            else if (line[..equals].SequenceEqual("size"u8))
                size = Utf8Parser.TryParse(value, out long told, out int used) && used == value.Length ? told : -1;
        }
    }
}
