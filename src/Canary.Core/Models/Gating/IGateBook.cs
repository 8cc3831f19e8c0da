namespace Canary.Models.Gating;

/// <summary>What the gate is told that files should be: the lock, or anything else that knows.</summary>
public interface IGateBook
{
    IReadOnlyList<GatedFile> Files { get; }

    /// <summary>What the file at a path should be; null where nothing says so.</summary>
    /// <remarks>
    /// A path only chooses what the bytes are compared with, and they are compared whatever it was: a false path ends in a denial,
    /// never in bytes that no lock names.
    /// </remarks>
    GatedFile? Expected(string path, long size);

    /// <summary>What lies at a path according to the book, by the path alone.</summary>
    GatedFile? At(string path);
}
