using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Canary.Hashing;

/// <summary>As <see cref="Blake3Sixteen"/>, with four lanes, for every x64 processor of these days.</summary>
internal static class Blake3Four
{
    private static ReadOnlySpan<ushort> Schedule =>
    [
        0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240,
        32, 96, 48, 160, 112, 0, 64, 208, 16, 176, 192, 80, 144, 224, 240, 128,
        48, 64, 160, 192, 208, 32, 112, 224, 96, 80, 144, 0, 176, 240, 128, 16,
        160, 112, 192, 144, 224, 48, 208, 240, 64, 0, 176, 32, 80, 128, 16, 96,
        192, 208, 144, 176, 240, 160, 224, 128, 112, 32, 80, 48, 0, 16, 96, 64,
        144, 224, 176, 80, 128, 192, 240, 16, 208, 48, 0, 160, 32, 96, 64, 112,
        176, 240, 80, 0, 16, 144, 128, 96, 224, 160, 32, 192, 48, 64, 112, 208,
    ];

    public static bool IsSupported => Ssse3.IsSupported;

    public static void Hash(ref byte input, int stride, int blocks, ulong counter, uint step, uint flags, uint first, uint last, ref byte output)
    {
        Unsafe.SkipInit(out Message message);
        ref var m = ref Unsafe.As<Message, Vector128<uint>>(ref message);
        ulong c1 = counter + step, c2 = c1 + step, c3 = c2 + step;
        var t0 = Vector128.Create((uint)counter, (uint)c1, (uint)c2, (uint)c3);
        var t1 = Vector128.Create((uint)(counter >> 32), (uint)(c1 >> 32), (uint)(c2 >> 32), (uint)(c3 >> 32));
        var h0 = Vector128.Create(Blake3Block.Iv0);
        var h1 = Vector128.Create(Blake3Block.Iv1);
        var h2 = Vector128.Create(Blake3Block.Iv2);
        var h3 = Vector128.Create(Blake3Block.Iv3);
        var h4 = Vector128.Create(Blake3Block.Iv4);
        var h5 = Vector128.Create(Blake3Block.Iv5);
        var h6 = Vector128.Create(Blake3Block.Iv6);
        var h7 = Vector128.Create(Blake3Block.Iv7);
        for (int block = 0; block < blocks; block++)
        {
            for (int quarter = 0; quarter < 4; quarter++)
                Transpose(ref Unsafe.Add(ref input, 16 * quarter), stride, ref Unsafe.Add(ref m, 4 * quarter));
            input = ref Unsafe.Add(ref input, Blake3Block.Bytes);
            uint f = flags | (block == 0 ? first : 0) | (block == blocks - 1 ? last : 0);
            Vector128<uint> v8 = Vector128.Create(Blake3Block.Iv0), v9 = Vector128.Create(Blake3Block.Iv1);
            Vector128<uint> v10 = Vector128.Create(Blake3Block.Iv2), v11 = Vector128.Create(Blake3Block.Iv3);
            Vector128<uint> v12 = t0, v13 = t1, v14 = Vector128.Create((uint)Blake3Block.Bytes), v15 = Vector128.Create(f);
            ref ushort s = ref MemoryMarshal.GetReference(Schedule);
            for (int round = 0; round < 7; round++)
            {
                Mix(ref h0, ref h4, ref v8, ref v12, ref m, ref s);
                Mix(ref h1, ref h5, ref v9, ref v13, ref m, ref Unsafe.Add(ref s, 2));
                Mix(ref h2, ref h6, ref v10, ref v14, ref m, ref Unsafe.Add(ref s, 4));
                Mix(ref h3, ref h7, ref v11, ref v15, ref m, ref Unsafe.Add(ref s, 6));
                Mix(ref h0, ref h5, ref v10, ref v15, ref m, ref Unsafe.Add(ref s, 8));
                Mix(ref h1, ref h6, ref v11, ref v12, ref m, ref Unsafe.Add(ref s, 10));
                Mix(ref h2, ref h7, ref v8, ref v13, ref m, ref Unsafe.Add(ref s, 12));
                Mix(ref h3, ref h4, ref v9, ref v14, ref m, ref Unsafe.Add(ref s, 14));
                s = ref Unsafe.Add(ref s, 16);
            }

            h0 ^= v8;
            h1 ^= v9;
            h2 ^= v10;
            h3 ^= v11;
            h4 ^= v12;
            h5 ^= v13;
            h6 ^= v14;
            h7 ^= v15;
        }

        Store(h0, h1, h2, h3, ref output);
        Store(h4, h5, h6, h7, ref Unsafe.Add(ref output, 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d, ref Vector128<uint> m, ref ushort s)
    {
        a = a + Unsafe.AddByteOffset(ref m, (nuint)s) + b;
        d = Ssse3.Shuffle((d ^ a).AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();
        c += d;
        b ^= c;
        b = (b >>> 12) | (b << 20);
        a = a + Unsafe.AddByteOffset(ref m, (nuint)Unsafe.Add(ref s, 1)) + b;
        d = Ssse3.Shuffle((d ^ a).AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();
        c += d;
        b ^= c;
        b = (b >>> 7) | (b << 25);
    }

    // Four words of four inputs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref byte input, int stride, ref Vector128<uint> m)
    {
        var a = Unsafe.ReadUnaligned<Vector128<uint>>(ref input);
        var b = Unsafe.ReadUnaligned<Vector128<uint>>(ref Unsafe.Add(ref input, stride));
        var c = Unsafe.ReadUnaligned<Vector128<uint>>(ref Unsafe.Add(ref input, 2 * stride));
        var d = Unsafe.ReadUnaligned<Vector128<uint>>(ref Unsafe.Add(ref input, 3 * stride));
        Cross(a, b, c, d, out m, out Unsafe.Add(ref m, 1), out Unsafe.Add(ref m, 2), out Unsafe.Add(ref m, 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Cross(
        Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d,
        out Vector128<uint> w0, out Vector128<uint> w1, out Vector128<uint> w2, out Vector128<uint> w3)
    {
        var ab = Sse2.UnpackLow(a, b).AsUInt64();
        var cd = Sse2.UnpackLow(c, d).AsUInt64();
        w0 = Sse2.UnpackLow(ab, cd).AsUInt32();
        w1 = Sse2.UnpackHigh(ab, cd).AsUInt32();
        ab = Sse2.UnpackHigh(a, b).AsUInt64();
        cd = Sse2.UnpackHigh(c, d).AsUInt64();
        w2 = Sse2.UnpackLow(ab, cd).AsUInt32();
        w3 = Sse2.UnpackHigh(ab, cd).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, ref byte output)
    {
        Cross(a, b, c, d, out var w0, out var w1, out var w2, out var w3);
        Unsafe.WriteUnaligned(ref output, w0);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 32), w1);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 64), w2);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 96), w3);
    }

    /// <summary>The words of one block of four inputs.</summary>
    [InlineArray(16)]
    private struct Message
    {
        private Vector128<uint> _word;
    }
}
