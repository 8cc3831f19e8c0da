namespace Canary.Models;

/// <summary>Where the numbers of one tensor lie.</summary>
/// <param name="Type">The format's own word: <c>F16</c>, <c>q4_K</c>.</param>
/// <param name="Offset">From the start of the file, in bytes.</param>
/// <param name="Length">In bytes.</param>
public sealed record ModelTensor(string Name, string Type, IReadOnlyList<long> Shape, long Offset, long Length);
