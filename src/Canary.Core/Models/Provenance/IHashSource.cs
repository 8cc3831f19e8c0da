namespace Canary.Models.Provenance;

/// <summary>
/// One form in which digests come with models, and nothing of the network. A new one is a file beside this, a line in
/// <see cref="HashSources"/> and fixtures.
/// </summary>
public interface IHashSource
{
    /// <summary>The word for <see cref="Locking.LockSource"/>: <c>huggingface</c>.</summary>
    string Name { get; }

    /// <summary>All that is said of files of the tree. What it is said in is hostile: bounded, and a fault where it is not understood.</summary>
    IEnumerable<HashClaim> Claims(HashSearch search);
}
