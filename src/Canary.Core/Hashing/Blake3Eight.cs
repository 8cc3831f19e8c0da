using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Canary.Hashing;

/// <summary>As <see cref="Blake3Sixteen"/>, with eight lanes.</summary>
internal static class Blake3Eight
{
    private static ReadOnlySpan<ushort> Schedule =>
    [
        0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 480,
        64, 192, 96, 320, 224, 0, 128, 416, 32, 352, 384, 160, 288, 448, 480, 256,
        96, 128, 320, 384, 416, 64, 224, 448, 192, 160, 288, 0, 352, 480, 256, 32,
        320, 224, 384, 288, 448, 96, 416, 480, 128, 0, 352, 64, 160, 256, 32, 192,
        384, 416, 288, 352, 480, 320, 448, 256, 224, 64, 160, 96, 0, 32, 192, 128,
        288, 448, 352, 160, 256, 384, 480, 32, 416, 96, 0, 320, 64, 192, 128, 224,
        352, 480, 160, 0, 32, 288, 256, 192, 448, 320, 64, 384, 96, 128, 224, 416,
    ];

    public static bool IsSupported => Avx2.IsSupported;

    public static void Hash(ref byte input, int stride, int blocks, ulong counter, uint step, uint flags, uint first, uint last, ref byte output)
    {
        Unsafe.SkipInit(out Message message);
        ref var m = ref Unsafe.As<Message, Vector256<uint>>(ref message);
        Unsafe.SkipInit(out Counters counters);
        for (uint lane = 0; lane < 8; lane++)
        {
            ulong own = counter + lane * step;
            Unsafe.Add(ref Unsafe.As<Counters, uint>(ref counters), lane) = (uint)own;
            Unsafe.Add(ref Unsafe.As<Counters, uint>(ref counters), 8 + lane) = (uint)(own >> 32);
        }

        var h0 = Vector256.Create(Blake3Block.Iv0);
        var h1 = Vector256.Create(Blake3Block.Iv1);
        var h2 = Vector256.Create(Blake3Block.Iv2);
        var h3 = Vector256.Create(Blake3Block.Iv3);
        var h4 = Vector256.Create(Blake3Block.Iv4);
        var h5 = Vector256.Create(Blake3Block.Iv5);
        var h6 = Vector256.Create(Blake3Block.Iv6);
        var h7 = Vector256.Create(Blake3Block.Iv7);
        for (int block = 0; block < blocks; block++)
        {
            Transpose(ref input, stride, ref m);
            Transpose(ref Unsafe.Add(ref input, 16), stride, ref Unsafe.Add(ref m, 4));
            Transpose(ref Unsafe.Add(ref input, 32), stride, ref Unsafe.Add(ref m, 8));
            Transpose(ref Unsafe.Add(ref input, 48), stride, ref Unsafe.Add(ref m, 12));
            input = ref Unsafe.Add(ref input, Blake3Block.Bytes);
            uint f = flags | (block == 0 ? first : 0) | (block == blocks - 1 ? last : 0);
            Vector256<uint> v8 = Vector256.Create(Blake3Block.Iv0), v9 = Vector256.Create(Blake3Block.Iv1);
            Vector256<uint> v10 = Vector256.Create(Blake3Block.Iv2), v11 = Vector256.Create(Blake3Block.Iv3);
            Vector256<uint> v12 = counters[0], v13 = counters[1], v14 = Vector256.Create((uint)Blake3Block.Bytes), v15 = Vector256.Create(f);
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

            h0 = Avx2.Xor(h0, v8);
            h1 = Avx2.Xor(h1, v9);
            h2 = Avx2.Xor(h2, v10);
            h3 = Avx2.Xor(h3, v11);
            h4 = Avx2.Xor(h4, v12);
            h5 = Avx2.Xor(h5, v13);
            h6 = Avx2.Xor(h6, v14);
            h7 = Avx2.Xor(h7, v15);
        }

        Store(h0, h1, h2, h3, ref output);
        Store(h4, h5, h6, h7, ref Unsafe.Add(ref output, 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d, ref Vector256<uint> m, ref ushort s)
    {
        var by16 = Vector256.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
        var by8 = Vector256.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
        a = Avx2.Add(Avx2.Add(a, Unsafe.AddByteOffset(ref m, (nuint)s)), b);
        d = Avx2.Shuffle(Avx2.Xor(d, a).AsByte(), by16).AsUInt32();
        c = Avx2.Add(c, d);
        b = Avx2.Xor(b, c);
        b = Avx2.Or(Avx2.ShiftRightLogical(b, 12), Avx2.ShiftLeftLogical(b, 20));
        a = Avx2.Add(Avx2.Add(a, Unsafe.AddByteOffset(ref m, (nuint)Unsafe.Add(ref s, 1))), b);
        d = Avx2.Shuffle(Avx2.Xor(d, a).AsByte(), by8).AsUInt32();
        c = Avx2.Add(c, d);
        b = Avx2.Xor(b, c);
        b = Avx2.Or(Avx2.ShiftRightLogical(b, 7), Avx2.ShiftLeftLogical(b, 25));
    }

    // Four words of eight inputs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref byte input, int stride, ref Vector256<uint> m)
    {
        var a = Load(ref input, 4 * stride);
        var b = Load(ref Unsafe.Add(ref input, stride), 4 * stride);
        var c = Load(ref Unsafe.Add(ref input, 2 * stride), 4 * stride);
        var d = Load(ref Unsafe.Add(ref input, 3 * stride), 4 * stride);
        Cross(a, b, c, d, out m, out Unsafe.Add(ref m, 1), out Unsafe.Add(ref m, 2), out Unsafe.Add(ref m, 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Load(ref byte input, int far)
    {
        var low = Unsafe.ReadUnaligned<Vector128<uint>>(ref input);
        var high = Unsafe.ReadUnaligned<Vector128<uint>>(ref Unsafe.Add(ref input, far));
        return Avx2.InsertVector128(low.ToVector256Unsafe(), high, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Cross(
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d,
        out Vector256<uint> w0, out Vector256<uint> w1, out Vector256<uint> w2, out Vector256<uint> w3)
    {
        var ab = Avx2.UnpackLow(a, b).AsUInt64();
        var cd = Avx2.UnpackLow(c, d).AsUInt64();
        w0 = Avx2.UnpackLow(ab, cd).AsUInt32();
        w1 = Avx2.UnpackHigh(ab, cd).AsUInt32();
        ab = Avx2.UnpackHigh(a, b).AsUInt64();
        cd = Avx2.UnpackHigh(c, d).AsUInt64();
        w2 = Avx2.UnpackLow(ab, cd).AsUInt32();
        w3 = Avx2.UnpackHigh(ab, cd).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, ref byte output)
    {
        Cross(a, b, c, d, out var w0, out var w1, out var w2, out var w3);
        Store(w0, ref output);
        Store(w1, ref Unsafe.Add(ref output, 32));
        Store(w2, ref Unsafe.Add(ref output, 64));
        Store(w3, ref Unsafe.Add(ref output, 96));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<uint> lanes, ref byte output)
    {
        Unsafe.WriteUnaligned(ref output, lanes.GetLower());
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 128), Avx2.ExtractVector128(lanes, 1));
    }

    /// <summary>The words of one block of eight inputs.</summary>
    [InlineArray(16)]
    private struct Message
    {
        private Vector256<uint> _word;
    }

    /// <summary>The low and the high halves of the counters.</summary>
    [InlineArray(2)]
    private struct Counters
    {
        private Vector256<uint> _half;
    }
}
