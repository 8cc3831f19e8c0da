namespace Canary.Models.Pickles;

/// <summary>A stream that Python's machine would not run further. What ran before it has run; it never leaves the reader of pickles.</summary>
internal sealed class BrokenPickle(string code, string why, long offset) : Exception(why)
{
    /// <summary>Of the anomaly.</summary>
    public string Code { get; } = code;

    /// <summary>Of the instruction, in bytes from the start of the file.</summary>
    public long Offset { get; } = offset;
}
