using System.Buffers.Binary;
using System.Runtime.Versioning;

namespace Canary.Sensors.Fanotify;

/// <summary>A directory's entries as bytes, a bounded number of them.</summary>
[SupportedOSPlatform("linux")]
internal ref struct DirectoryEntries(int descriptor, byte[] buffer, int most)
{
    internal const byte TypeUnknown = 0;
    internal const byte TypeDirectory = 4;
    internal const byte TypeRegular = 8;
    internal const byte TypeLink = 10;
    private const int NameOffset = 19;
    private ReadOnlySpan<byte> _rest;
    private int _seen;

    public ReadOnlySpan<byte> Name { get; private set; }
    public byte Type { get; private set; }

    /// <summary>There were more than was asked for.</summary>
    public bool IsCut { get; private set; }

    public unsafe bool MoveNext()
    {
        while (true)
        {
            if (_rest.Length < NameOffset)
            {
                int read;
                fixed (byte* b = buffer)
                    read = LibC.GetDirectoryEntries(descriptor, b, buffer.Length);
                if (read <= 0)
                    return false;
                _rest = buffer.AsSpan(0, read);
            }

            int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[16..]);
            var name = _rest[NameOffset..length];
            name = name[..Math.Max(0, name.IndexOf((byte)0))];
            Type = _rest[18];
            Name = name;
            _rest = _rest[length..];
            if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
                continue;
            if (++_seen <= most)
                return true;
            IsCut = true;
            return false;
        }
    }
}
