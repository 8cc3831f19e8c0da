namespace Canary.Models.Formats.Onnx;

/// <summary>The element types of ONNX tensors (<c>TensorProto.DataType</c>): their words, and their size in bits.</summary>
internal static class OnnxTypes
{
    private static readonly (string Word, int Bits)[] All =
    [
        ("undefined", 0), ("float", 32), ("uint8", 8), ("int8", 8), ("uint16", 16), ("int16", 16), ("int32", 32), ("int64", 64), ("string", 0),
        ("bool", 8), ("float16", 16), ("double", 64), ("uint32", 32), ("uint64", 64), ("complex64", 64), ("complex128", 128), ("bfloat16", 16),
        ("float8e4m3fn", 8), ("float8e4m3fnuz", 8), ("float8e5m2", 8), ("float8e5m2fnuz", 8), ("uint4", 4), ("int4", 4), ("float4e2m1", 4),
        ("float8e8m0", 8), ("uint2", 2), ("int2", 2),
    ];

    public static string Word(ulong type) => type < (ulong)All.Length ? All[type].Word : $"type {type}";

    /// <summary>What a tensor of that shape takes, in bytes; null where its elements have no fixed size; -1 where the shape is impossible.</summary>
    public static long? Bytes(ulong type, IReadOnlyList<long> shape)
    {
        int bits = type < (ulong)All.Length ? All[type].Bits : 0;
        if (bits == 0)
            return null;
        UInt128 count = 1;
        foreach (long dimension in shape)
        {
            if (dimension < 0 || (count *= (ulong)dimension) > long.MaxValue)
                return -1;
        }

        return ((count * (uint)bits) + 7) / 8 is var bytes && bytes <= long.MaxValue ? (long)bytes : -1;
    }
}
