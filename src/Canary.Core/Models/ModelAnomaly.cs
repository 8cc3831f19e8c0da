namespace Canary.Models;

/// <summary>Something in a model file that its verdict rests on.</summary>
/// <param name="Code">What rules name it by: <c>gguf-tensor-overlap</c>; the format, then the fault, in lower case with hyphens.</param>
/// <param name="Verdict">What a file with this is at least.</param>
/// <param name="Place">Where, for people: an offset in bytes, a member of an archive, a key. Hostile text: shown through <c>Printable</c> only.</param>
/// <param name="Why">One sentence for people, without the place. Hostile text.</param>
public sealed record ModelAnomaly(string Code, ModelVerdict Verdict, string Place, string Why);
