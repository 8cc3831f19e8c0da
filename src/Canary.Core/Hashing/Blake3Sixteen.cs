using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Canary.Hashing;

/// <summary>Sixteen inputs of equal length side by side, each in its lane of the sixteen words of the state.</summary>
internal static class Blake3Sixteen
{
    // In bytes from the first word of the transposed block, so that a round spends no instruction on addresses.
    private static ReadOnlySpan<ushort> Schedule =>
    [
        0, 64, 128, 192, 256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960,
        128, 384, 192, 640, 448, 0, 256, 832, 64, 704, 768, 320, 576, 896, 960, 512,
        192, 256, 640, 768, 832, 128, 448, 896, 384, 320, 576, 0, 704, 960, 512, 64,
        640, 448, 768, 576, 896, 192, 832, 960, 256, 0, 704, 128, 320, 512, 64, 384,
        768, 832, 576, 704, 960, 640, 896, 512, 448, 128, 320, 192, 0, 64, 384, 256,
        576, 896, 704, 320, 512, 768, 960, 64, 832, 192, 0, 640, 128, 384, 256, 448,
        704, 960, 320, 0, 64, 576, 512, 384, 896, 640, 128, 768, 192, 256, 448, 832,
    ];

    public static bool IsSupported => Avx512F.IsSupported;

    /// <param name="input">Sixteen inputs, <paramref name="stride"/> bytes from one to the next, of <paramref name="blocks"/> blocks each.</param>
    /// <param name="step">What the counter grows by from lane to lane: 1 for chunks, 0 for parents, whose counter is 0.</param>
    /// <param name="first">Flags of the first block beside <paramref name="flags"/>.</param>
    /// <param name="last">Flags of the last block.</param>
    /// <param name="output">Sixteen chaining values of 32 bytes; may be where the input is.</param>
    public static void Hash(ref byte input, int stride, int blocks, ulong counter, uint step, uint flags, uint first, uint last, ref byte output)
    {
        Unsafe.SkipInit(out Message message);
        ref var m = ref Unsafe.As<Message, Vector512<uint>>(ref message);
        var low = Vector512.Create((uint)counter);
        var lane = Avx512F.MultiplyLow(Vector512<uint>.Indices, Vector512.Create(step));
        var t0 = Avx512F.Add(low, lane);
        // A lane whose low half wrapped has one more in the high half.
        var t1 = Avx512F.Subtract(Vector512.Create((uint)(counter >> 32)), Vector512.LessThan(t0, low));
        var h0 = Vector512.Create(Blake3Block.Iv0);
        var h1 = Vector512.Create(Blake3Block.Iv1);
        var h2 = Vector512.Create(Blake3Block.Iv2);
        var h3 = Vector512.Create(Blake3Block.Iv3);
        var h4 = Vector512.Create(Blake3Block.Iv4);
        var h5 = Vector512.Create(Blake3Block.Iv5);
        var h6 = Vector512.Create(Blake3Block.Iv6);
        var h7 = Vector512.Create(Blake3Block.Iv7);
        for (int block = 0; block < blocks; block++)
        {
            Transpose(ref input, stride, ref m);
            Transpose(ref Unsafe.Add(ref input, 32), stride, ref Unsafe.Add(ref m, 8));
            input = ref Unsafe.Add(ref input, Blake3Block.Bytes);
            uint f = flags | (block == 0 ? first : 0) | (block == blocks - 1 ? last : 0);
            Vector512<uint> v8 = Vector512.Create(Blake3Block.Iv0), v9 = Vector512.Create(Blake3Block.Iv1);
            Vector512<uint> v10 = Vector512.Create(Blake3Block.Iv2), v11 = Vector512.Create(Blake3Block.Iv3);
            Vector512<uint> v12 = t0, v13 = t1, v14 = Vector512.Create((uint)Blake3Block.Bytes), v15 = Vector512.Create(f);
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

            h0 = Avx512F.Xor(h0, v8);
            h1 = Avx512F.Xor(h1, v9);
            h2 = Avx512F.Xor(h2, v10);
            h3 = Avx512F.Xor(h3, v11);
            h4 = Avx512F.Xor(h4, v12);
            h5 = Avx512F.Xor(h5, v13);
            h6 = Avx512F.Xor(h6, v14);
            h7 = Avx512F.Xor(h7, v15);
        }

        Store(h0, h1, h2, h3, ref output);
        Store(h4, h5, h6, h7, ref Unsafe.Add(ref output, 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector512<uint> a, ref Vector512<uint> b, ref Vector512<uint> c, ref Vector512<uint> d, ref Vector512<uint> m, ref ushort s)
    {
        a = Avx512F.Add(Avx512F.Add(a, Unsafe.AddByteOffset(ref m, (nuint)s)), b);
        d = Avx512F.RotateRight(Avx512F.Xor(d, a), 16);
        c = Avx512F.Add(c, d);
        b = Avx512F.RotateRight(Avx512F.Xor(b, c), 12);
        a = Avx512F.Add(Avx512F.Add(a, Unsafe.AddByteOffset(ref m, (nuint)Unsafe.Add(ref s, 1))), b);
        d = Avx512F.RotateRight(Avx512F.Xor(d, a), 8);
        c = Avx512F.Add(c, d);
        b = Avx512F.RotateRight(Avx512F.Xor(b, c), 7);
    }

    // Eight words of sixteen inputs. Which input is loaded into which half is chosen so that the last step leaves lanes in order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref byte input, int stride, ref Vector512<uint> m)
    {
        Quarter(ref input, stride, out var a0, out var a1, out var a2, out var a3);
        Quarter(ref Unsafe.Add(ref input, 8 * stride), stride, out var b0, out var b1, out var b2, out var b3);
        m = Avx512F.Shuffle4x128(a0, b0, 0x88);
        Unsafe.Add(ref m, 1) = Avx512F.Shuffle4x128(a1, b1, 0x88);
        Unsafe.Add(ref m, 2) = Avx512F.Shuffle4x128(a2, b2, 0x88);
        Unsafe.Add(ref m, 3) = Avx512F.Shuffle4x128(a3, b3, 0x88);
        Unsafe.Add(ref m, 4) = Avx512F.Shuffle4x128(a0, b0, 0xDD);
        Unsafe.Add(ref m, 5) = Avx512F.Shuffle4x128(a1, b1, 0xDD);
        Unsafe.Add(ref m, 6) = Avx512F.Shuffle4x128(a2, b2, 0xDD);
        Unsafe.Add(ref m, 7) = Avx512F.Shuffle4x128(a3, b3, 0xDD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(ref byte input, int stride, out Vector512<uint> w0, out Vector512<uint> w1, out Vector512<uint> w2, out Vector512<uint> w3)
    {
        var a = Load(ref input, 4 * stride);
        var b = Load(ref Unsafe.Add(ref input, stride), 4 * stride);
        var c = Load(ref Unsafe.Add(ref input, 2 * stride), 4 * stride);
        var d = Load(ref Unsafe.Add(ref input, 3 * stride), 4 * stride);
        Cross(a, b, c, d, out w0, out w1, out w2, out w3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Load(ref byte input, int far)
    {
        var low = Unsafe.ReadUnaligned<Vector256<uint>>(ref input);
        var high = Unsafe.ReadUnaligned<Vector256<uint>>(ref Unsafe.Add(ref input, far));
        return Avx512F.InsertVector256(low.ToVector512Unsafe(), high, 1);
    }

    // A transposition of four by four within each 128 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Cross(
        Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d,
        out Vector512<uint> w0, out Vector512<uint> w1, out Vector512<uint> w2, out Vector512<uint> w3)
    {
        var ab = Avx512F.UnpackLow(a, b).AsUInt64();
        var cd = Avx512F.UnpackLow(c, d).AsUInt64();
        w0 = Avx512F.UnpackLow(ab, cd).AsUInt32();
        w1 = Avx512F.UnpackHigh(ab, cd).AsUInt32();
        ab = Avx512F.UnpackHigh(a, b).AsUInt64();
        cd = Avx512F.UnpackHigh(c, d).AsUInt64();
        w2 = Avx512F.UnpackLow(ab, cd).AsUInt32();
        w3 = Avx512F.UnpackHigh(ab, cd).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d, ref byte output)
    {
        Cross(a, b, c, d, out var w0, out var w1, out var w2, out var w3);
        Store(w0, ref output);
        Store(w1, ref Unsafe.Add(ref output, 32));
        Store(w2, ref Unsafe.Add(ref output, 64));
        Store(w3, ref Unsafe.Add(ref output, 96));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<uint> lanes, ref byte output)
    {
        Unsafe.WriteUnaligned(ref output, Avx512F.ExtractVector128(lanes, 0));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 128), Avx512F.ExtractVector128(lanes, 1));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 256), Avx512F.ExtractVector128(lanes, 2));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 384), Avx512F.ExtractVector128(lanes, 3));
    }

    /// <summary>The words of one block of sixteen inputs.</summary>
    [InlineArray(16)]
    private struct Message
    {
        private Vector512<uint> _word;
    }
}
