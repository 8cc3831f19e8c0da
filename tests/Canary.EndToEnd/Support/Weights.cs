using System.Buffers.Binary;

namespace Canary.EndToEnd.Support;

/// <summary>Weights of models that are made here: small numbers, the same at every run.</summary>
internal static class Weights
{
    /// <summary>Fills a part of a file with 32-bit floats between -0.05 and 0.05.</summary>
    /// <param name="bytes">A multiple of four.</param>
    /// <param name="seed">Where the sequence starts.</param>
    public static void Fill(Span<byte> bytes, long seed)
    {
        var state = (ulong)seed * 2 + 1;
        for (var at = 0; at < bytes.Length; at += sizeof(float))
        {
            // The multiplier of Knuth's MMIX
            state = state * 6364136223846793005 + 1442695040888963407;
            BinaryPrimitives.WriteSingleLittleEndian(bytes[at..], ((state >> 40) / (float)(1 << 24) - 0.5f) / 10);
        }
    }
}
