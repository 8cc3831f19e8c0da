using System.Buffers.Binary;
using System.Numerics;

namespace Canary.Tests.Hashing;

/// <summary>BLAKE3 as its specification words it, by recursion and without any haste: what the fast paths are compared with.</summary>
internal static class PlainBlake3
{
    private const uint ChunkStart = 1, ChunkEnd = 2, Parent = 4, RootFlag = 8;

    private static readonly uint[] Iv = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];

    private static readonly int[] Permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest) => Write(Node(data, 0, RootFlag), digest);

    public static void Subtree(ReadOnlySpan<byte> data, ulong firstChunk, Span<byte> value) => Write(Node(data, firstChunk, 0), value);

    private static uint[] Node(ReadOnlySpan<byte> data, ulong chunk, uint root)
    {
        if (data.Length <= 1024)
            return Chunk(data, chunk, root);
        // The left side is the largest power of two of chunks that leaves at least one byte to the right.
        int left = 1024;
        while (2 * left < data.Length)
            left *= 2;
        uint[] a = Node(data[..left], chunk, 0), b = Node(data[left..], chunk + (ulong)left / 1024, 0);
        return Compress(Iv, [.. a, .. b], 0, 64, Parent | root)[..8];
    }

    private static uint[] Chunk(ReadOnlySpan<byte> data, ulong counter, uint root)
    {
        uint[] state = Iv;
        int blocks = Math.Max(1, (data.Length + 63) / 64);
        for (int i = 0; i < blocks; i++)
        {
            var part = data[(64 * i)..Math.Min(data.Length, 64 * i + 64)];
            byte[] block = new byte[64];
            part.CopyTo(block);
            uint[] words = new uint[16];
            for (int w = 0; w < 16; w++)
                words[w] = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(4 * w));
            uint flags = (i == 0 ? ChunkStart : 0) | (i == blocks - 1 ? ChunkEnd | root : 0);
            state = Compress(state, words, counter, (uint)part.Length, flags)[..8];
        }

        return state;
    }

    private static uint[] Compress(uint[] value, uint[] block, ulong counter, uint length, uint flags)
    {
        uint[] v = [.. value, .. Iv[..4], (uint)counter, (uint)(counter >> 32), length, flags];
        uint[] m = block;
        for (int round = 0; round < 7; round++)
        {
            for (int i = 0; i < 4; i++)
                Mix(v, i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1]);
            for (int i = 0; i < 4; i++)
                Mix(v, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[8 + 2 * i], m[9 + 2 * i]);
            uint[] before = m;
            m = [.. Permutation.Select(p => before[p])];
        }

        for (int i = 0; i < 8; i++)
            v[i] ^= v[i + 8];
        return v;
    }

    private static void Mix(uint[] v, int a, int b, int c, int d, uint x, uint y)
    {
        v[a] += v[b] + x;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 12);
        v[a] += v[b] + y;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 8);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 7);
    }

    private static void Write(uint[] words, Span<byte> digest)
    {
        for (int i = 0; i < 8; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(digest[(4 * i)..], words[i]);
    }
}
