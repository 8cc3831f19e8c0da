namespace Canary.Models.Formats.Gguf;

/// <summary>How the numbers of a tensor are packed: so many elements in a block of so many bytes.</summary>
internal readonly record struct GgufTensorType(string Name, int Elements, int Bytes)
{
    // By the number that stands in the file; measured from a build of ggml. Empty: numbers that ggml has withdrawn.
    private static readonly GgufTensorType[] All =
    [
        new("f32", 1, 4), new("f16", 1, 2), new("q4_0", 32, 18), new("q4_1", 32, 20), default, default, new("q5_0", 32, 22), new("q5_1", 32, 24),
        new("q8_0", 32, 34), new("q8_1", 32, 36), new("q2_K", 256, 84), new("q3_K", 256, 110), new("q4_K", 256, 144), new("q5_K", 256, 176),
        new("q6_K", 256, 210), new("q8_K", 256, 292), new("iq2_xxs", 256, 66), new("iq2_xs", 256, 74), new("iq3_xxs", 256, 98),
        new("iq1_s", 256, 50), new("iq4_nl", 32, 18), new("iq3_s", 256, 110), new("iq2_s", 256, 82), new("iq4_xs", 256, 136), new("i8", 1, 1),
        new("i16", 1, 2), new("i32", 1, 4), new("i64", 1, 8), new("f64", 1, 8), new("iq1_m", 256, 56), new("bf16", 1, 2), default, default, default,
        new("tq1_0", 256, 54), new("tq2_0", 256, 66), default, default, default, new("mxfp4", 32, 17), new("nvfp4", 64, 36), new("q1_0", 128, 18),
        new("q2_0", 64, 18),
    ];

    /// <summary>One more than the highest number that has a meaning.</summary>
    public static int Count => All.Length;

    /// <summary>Null for a number that was withdrawn, or never given.</summary>
    public static GgufTensorType? Of(uint number) => number < All.Length && All[number].Elements > 0 ? All[number] : null;
}
