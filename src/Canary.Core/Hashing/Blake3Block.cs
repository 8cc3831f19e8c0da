using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Canary.Hashing;

/// <summary>The compression function of BLAKE3 on one block, without lanes, and the constants of the specification.</summary>
internal static class Blake3Block
{
    public const int Bytes = 64, DigestBytes = 32, ChunkBytes = 1024, BlocksInChunk = ChunkBytes / Bytes;

    public const uint ChunkStart = 1, ChunkEnd = 2, Parent = 4, Root = 8;

    public const uint Iv0 = 0x6A09E667, Iv1 = 0xBB67AE85, Iv2 = 0x3C6EF372, Iv3 = 0xA54FF53A;
    public const uint Iv4 = 0x510E527F, Iv5 = 0x9B05688C, Iv6 = 0x1F83D9AB, Iv7 = 0x5BE0CD19;

    /// <summary>Which word of the block each of the seven rounds takes where: the specification's permutation, applied again and again.</summary>
    private static ReadOnlySpan<byte> Schedule =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8,
        3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1,
        10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6,
        12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4,
        9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7,
        11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13,
    ];

    /// <summary>The chaining value of a chunk of at most 1024 bytes; the file's digest where <see cref="Root"/> is among the flags.</summary>
    public static void Chunk(ReadOnlySpan<byte> data, ulong counter, uint flags, Span<byte> digest)
    {
        Span<uint> state = [Iv0, Iv1, Iv2, Iv3, Iv4, Iv5, Iv6, Iv7];
        Span<byte> padded = stackalloc byte[Bytes];
        uint first = ChunkStart;
        while (data.Length > Bytes)
        {
            Compress(state, data[..Bytes], counter, Bytes, (flags & ~Root) | first);
            data = data[Bytes..];
            first = 0;
        }

        padded.Clear();
        data.CopyTo(padded);
        Compress(state, padded, counter, (uint)data.Length, flags | first | ChunkEnd);
        Write(state, digest);
    }

    /// <summary>The chaining value of two nodes, left and right.</summary>
    public static void Join(ReadOnlySpan<byte> pair, uint flags, Span<byte> digest)
    {
        Span<uint> state = [Iv0, Iv1, Iv2, Iv3, Iv4, Iv5, Iv6, Iv7];
        Compress(state, pair, 0, Bytes, Parent | flags);
        Write(state, digest);
    }

    private static void Write(ReadOnlySpan<uint> state, Span<byte> digest)
    {
        for (int i = 0; i < 8; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(digest[(4 * i)..], state[i]);
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block, ulong counter, uint length, uint flags)
    {
        Span<uint> message = stackalloc uint[16];
        block[..Bytes].CopyTo(MemoryMarshal.AsBytes(message));
        if (!BitConverter.IsLittleEndian)
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(message, message);
        ref uint m = ref MemoryMarshal.GetReference(message);
        ref byte s = ref MemoryMarshal.GetReference(Schedule);
        uint v0 = state[0], v1 = state[1], v2 = state[2], v3 = state[3], v4 = state[4], v5 = state[5], v6 = state[6], v7 = state[7];
        uint v8 = Iv0, v9 = Iv1, v10 = Iv2, v11 = Iv3, v12 = (uint)counter, v13 = (uint)(counter >> 32), v14 = length, v15 = flags;
        for (int round = 0; round < 7; round++)
        {
            Mix(ref v0, ref v4, ref v8, ref v12, Unsafe.Add(ref m, s), Unsafe.Add(ref m, Unsafe.Add(ref s, 1)));
            Mix(ref v1, ref v5, ref v9, ref v13, Unsafe.Add(ref m, Unsafe.Add(ref s, 2)), Unsafe.Add(ref m, Unsafe.Add(ref s, 3)));
            Mix(ref v2, ref v6, ref v10, ref v14, Unsafe.Add(ref m, Unsafe.Add(ref s, 4)), Unsafe.Add(ref m, Unsafe.Add(ref s, 5)));
            Mix(ref v3, ref v7, ref v11, ref v15, Unsafe.Add(ref m, Unsafe.Add(ref s, 6)), Unsafe.Add(ref m, Unsafe.Add(ref s, 7)));
            Mix(ref v0, ref v5, ref v10, ref v15, Unsafe.Add(ref m, Unsafe.Add(ref s, 8)), Unsafe.Add(ref m, Unsafe.Add(ref s, 9)));
            Mix(ref v1, ref v6, ref v11, ref v12, Unsafe.Add(ref m, Unsafe.Add(ref s, 10)), Unsafe.Add(ref m, Unsafe.Add(ref s, 11)));
            Mix(ref v2, ref v7, ref v8, ref v13, Unsafe.Add(ref m, Unsafe.Add(ref s, 12)), Unsafe.Add(ref m, Unsafe.Add(ref s, 13)));
            Mix(ref v3, ref v4, ref v9, ref v14, Unsafe.Add(ref m, Unsafe.Add(ref s, 14)), Unsafe.Add(ref m, Unsafe.Add(ref s, 15)));
            s = ref Unsafe.Add(ref s, 16);
        }

        state[0] = v0 ^ v8;
        state[1] = v1 ^ v9;
        state[2] = v2 ^ v10;
        state[3] = v3 ^ v11;
        state[4] = v4 ^ v12;
        state[5] = v5 ^ v13;
        state[6] = v6 ^ v14;
        state[7] = v7 ^ v15;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint a, ref uint b, ref uint c, ref uint d, uint x, uint y)
    {
        a += b + x;
        d = BitOperations.RotateRight(d ^ a, 16);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 12);
        a += b + y;
        d = BitOperations.RotateRight(d ^ a, 8);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 7);
    }
}
