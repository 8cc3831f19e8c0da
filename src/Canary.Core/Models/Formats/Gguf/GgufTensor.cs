namespace Canary.Models.Formats.Gguf;

/// <summary>A tensor as the head declares it.</summary>
/// <param name="Type">Null where the number has no meaning, or the shape does not fit it: then the length is unknown too.</param>
/// <param name="Offset">From the start of the data, as declared.</param>
/// <param name="Length">In bytes, from shape and type.</param>
internal sealed record GgufTensor(string Name, GgufTensorType? Type, long[] Shape, ulong Offset, long Length);
