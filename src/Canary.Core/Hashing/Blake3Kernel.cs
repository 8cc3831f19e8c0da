using System.Runtime.InteropServices;

namespace Canary.Hashing;

/// <summary>The nodes of a BLAKE3 tree, many at a time.</summary>
internal static class Blake3Kernel
{
    /// <summary>What a list of chaining values has room for must be a multiple of this many: whole vectors are read and written.</summary>
    public const int Multiple = 32;

    private const int Node = Blake3Block.DigestBytes;

    /// <summary>The widest that this processor has.</summary>
    public static LaneWidth Widest =>
        Blake3Sixteen.IsSupported ? LaneWidth.Sixteen
        : Blake3Eight.IsSupported ? LaneWidth.Eight
        : Blake3Four.IsSupported ? LaneWidth.Four
        : LaneWidth.One;

    public static int Room(int nodes) => (nodes + Multiple - 1) / Multiple * Multiple * Node;

    /// <summary>The chaining values of consecutive chunks of 1024 bytes, the last maybe shorter.</summary>
    /// <returns>How many there are: at least one.</returns>
    public static int Chunks(ReadOnlySpan<byte> data, ulong counter, Span<byte> nodes, LaneWidth width)
    {
        const int Chunk = Blake3Block.ChunkBytes;
        int whole = data.Length / Chunk, done = 0;
        while (done < whole)
        {
            int lanes = Lanes(whole - done, width, spare: false);
            var input = data[(done * Chunk)..];
            if (lanes == 1)
            {
                Blake3Block.Chunk(input[..Chunk], counter + (ulong)done, 0, nodes[(done * Node)..]);
            }
            else
            {
                const uint First = Blake3Block.ChunkStart, Last = Blake3Block.ChunkEnd;
                Hash(lanes, input[..(lanes * Chunk)], Chunk, Blake3Block.BlocksInChunk, counter + (ulong)done, 1, 0, First, Last, nodes[(done * Node)..]);
            }

            done += lanes;
        }

        if (whole * Chunk < data.Length || whole == 0)
            Blake3Block.Chunk(data[(whole * Chunk)..], counter + (ulong)done++, 0, nodes[(whole * Node)..]);
        return done;
    }

    /// <summary>Joins neighbours in place until no more than so many nodes are left: 1, or 2 to leave the root to the caller.</summary>
    /// <returns>How many are left.</returns>
    public static int Join(Span<byte> nodes, int count, int most, LaneWidth width)
    {
        Span<byte> odd = stackalloc byte[Node];
        while (count > most)
        {
            int pairs = count / 2;
            // Lanes beyond the pairs overwrite it.
            if (count % 2 == 1)
                nodes.Slice((count - 1) * Node, Node).CopyTo(odd);
            for (int done = 0; done < pairs;)
            {
                int lanes = Lanes(pairs - done, width, spare: true);
                var input = nodes[(done * 2 * Node)..];
                var output = nodes[(done * Node)..];
                if (lanes == 1)
                    Blake3Block.Join(input, 0, output);
                else
                    Hash(lanes, input[..(lanes * 2 * Node)], 2 * Node, 1, 0, 0, Blake3Block.Parent, 0, 0, output);
                done += lanes;
            }

            if (count % 2 == 1)
                odd.CopyTo(nodes[(pairs * Node)..]);
            count = pairs + count % 2;
        }

        return count;
    }

    // With spare lanes, a vector may reach beyond what is left.
    private static int Lanes(int left, LaneWidth width, bool spare) => width switch
    {
        LaneWidth.Sixteen when left >= 16 || (spare && left > 8) => 16,
        LaneWidth.Sixteen or LaneWidth.Eight when left >= 8 || (spare && left > 4) => 8,
        LaneWidth.Sixteen or LaneWidth.Eight or LaneWidth.Four when left >= 4 || (spare && left > 1) => 4,
        _ => 1,
    };

    private static void Hash(
        int lanes, ReadOnlySpan<byte> input, int stride, int blocks, ulong counter, uint step, uint flags, uint first, uint last, Span<byte> output)
    {
        // The kernels check no bounds.
        ref byte to = ref MemoryMarshal.GetReference(output[..(lanes * Node)]);
        ref byte from = ref MemoryMarshal.GetReference(input);
        if (lanes == 16)
            Blake3Sixteen.Hash(ref from, stride, blocks, counter, step, flags, first, last, ref to);
        else if (lanes == 8)
            Blake3Eight.Hash(ref from, stride, blocks, counter, step, flags, first, last, ref to);
        else
            Blake3Four.Hash(ref from, stride, blocks, counter, step, flags, first, last, ref to);
    }
}
