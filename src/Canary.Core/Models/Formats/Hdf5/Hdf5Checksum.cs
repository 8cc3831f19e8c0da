using System.Buffers.Binary;
using System.Numerics;

namespace Canary.Models.Formats.Hdf5;

/// <summary>Bob Jenkins' lookup3, <c>hashlittle</c> with the initial value 0: the checksum of HDF5's metadata.</summary>
internal static class Hdf5Checksum
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint a = 0xdeadbeef + (uint)bytes.Length, b = a, c = a;
        for (; bytes.Length > 12; bytes = bytes[12..])
        {
            Add(bytes, ref a, ref b, ref c);
            a = a - c ^ BitOperations.RotateLeft(c, 4);
            c += b;
            b = b - a ^ BitOperations.RotateLeft(a, 6);
            a += c;
            c = c - b ^ BitOperations.RotateLeft(b, 8);
            b += a;
            a = a - c ^ BitOperations.RotateLeft(c, 16);
            c += b;
            b = b - a ^ BitOperations.RotateLeft(a, 19);
            a += c;
            c = c - b ^ BitOperations.RotateLeft(b, 4);
            b += a;
        }

        if (bytes.IsEmpty)
            return c;
        Span<byte> last = stackalloc byte[12];
        last.Clear();
        bytes.CopyTo(last);
        Add(last, ref a, ref b, ref c);
        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        return (c ^ b) - BitOperations.RotateLeft(b, 24);
    }

    private static void Add(ReadOnlySpan<byte> twelve, ref uint a, ref uint b, ref uint c)
    {
        a += BinaryPrimitives.ReadUInt32LittleEndian(twelve);
        b += BinaryPrimitives.ReadUInt32LittleEndian(twelve[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(twelve[8..]);
    }
}
