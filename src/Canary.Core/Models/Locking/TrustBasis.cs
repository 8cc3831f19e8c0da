namespace Canary.Models.Locking;

/// <summary>Why the digest of a file is believed, weakest first. These are different claims, and no file is moved up by being seen again.</summary>
public enum TrustBasis : byte
{
    /// <summary>The bytes that were there when the lock was made, on nobody's word.</summary>
    FirstSeen,

    /// <summary>A digest that came with the file: of a registry, a manifest, a list of checksums. As good as the way that the list came by.</summary>
    PublisherHash,

    /// <summary>A signature over the digest, by a key or certificate that the user named.</summary>
    PublisherSignature,

    /// <summary>The digest is that of a lock. In answers about a lock, not in the lock itself.</summary>
    Lock,
}

/// <summary>The contract's words for <see cref="TrustBasis"/>.</summary>
public static class TrustBases
{
    public static string Word(this TrustBasis basis) => basis switch
    {
        TrustBasis.FirstSeen => "first-seen",
        TrustBasis.PublisherHash => "publisher-hash",
        TrustBasis.PublisherSignature => "publisher-signature",
        _ => "lock",
    };

    public static bool TryParse(string word, out TrustBasis basis)
    {
        foreach (var known in (TrustBasis[])[TrustBasis.FirstSeen, TrustBasis.PublisherHash, TrustBasis.PublisherSignature])
        {
            if (known.Word() == word)
            {
                basis = known;
                return true;
            }
        }

        basis = TrustBasis.FirstSeen;
        return false;
    }
}
