namespace Canary.Models.Formats.Gguf;

/// <summary>The types of metadata values, by their numbers in the file.</summary>
internal enum GgufValueType : uint
{
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    Float32,
    Bool,
    String,
    Array,
    UInt64,
    Int64,
    Float64,
}

/// <summary>What is kept of one metadata value: never the elements of an array.</summary>
/// <param name="Element">The element type of an array; else the type itself.</param>
/// <param name="Count">Elements of an array; bytes of a string.</param>
/// <param name="Number">The bits of an integer, as unsigned; zero for anything else.</param>
/// <param name="Offset">Where the value begins in the file: of a string its first byte.</param>
internal readonly record struct GgufValue(GgufValueType Type, GgufValueType Element, ulong Count, ulong Number, long Offset)
{
    /// <summary>The size of one value in bytes; zero for those that have none of their own.</summary>
    public static int SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };

    public bool IsArrayOf(GgufValueType element) => Type == GgufValueType.Array && Element == element;
}
