using Canary.Models.Hashing;

namespace Canary.Models.Gating;

/// <summary>A file that the gate lets through as far as its bytes are these.</summary>
/// <param name="Path">Absolute, links resolved.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Of the whole file, in lower-case hexadecimal; what reports name. The gate itself compares <paramref name="Chunks"/>.</param>
/// <param name="Tensors">What the bytes of a bad chunk were; empty for a format without tensors.</param>
/// <param name="Verdict">What the scan of the file said when it was locked: allow, unknown or deny.</param>
/// <param name="Basis">Why the hash is trusted: first-seen, publisher-hash, publisher-signature.</param>
public sealed record GatedFile(
    string Path, long Size, string Sha256, ChunkTable Chunks, IReadOnlyList<ModelTensor> Tensors, string Format, string Verdict, string Basis)
{
    /// <summary>What <see cref="TensorsIn"/> names at most by their names.</summary>
    public const int MostTensors = 16;

    /// <summary>The names of the tensors that a chunk holds bytes of; of many the first, and how many more there are.</summary>
    public IReadOnlyList<string> TensorsIn(int chunk)
    {
        if (chunk >= Chunks.Count)
            return [];
        (long offset, int bytes) = Chunks.Place(chunk);
        return Shortened(Tensors.Where(t => t.Length > 0 && t.Offset < offset + bytes && t.Offset + t.Length > offset).Select(t => t.Name));
    }

    /// <summary>The first names, and in place of the others one entry that counts them.</summary>
    public static IReadOnlyList<string> Shortened(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length <= MostTensors ? all : [.. all.Take(MostTensors), $"and {all.Length - MostTensors} more"];
    }
}
