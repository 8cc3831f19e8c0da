namespace Canary.Advisories.Index;

/// <summary>
/// The file of an index, little-endian: head, signature, data. The head says what the index is and holds the BLAKE3 of each page of the
/// data (a scan touches a megabyte of them, before the platform's SHA-256 would be loaded); the signature is over the head and so over
/// all. Data: the upper halves of the 64-bit hashes of names in order, the offset of every eighth record, payloads in order of their
/// digests, texts, records in the order of the hashes.
/// </summary>
internal static class IndexLayout
{
    public const int Schema = 2;

    public const int PageSize = 16 * 1024;

    /// <summary>Before the tables of the head.</summary>
    public const int FixedHead = 64;

    /// <summary>Of the head; digests of the pages take half a kibibyte for each 256 of data.</summary>
    public const int MostHead = 64 * 1024 * 1024;

    public const long MostFile = 1L << 30;

    public const int HashSize = 4;
    public const int OffsetSize = 4;

    /// <summary>Records that share an offset: the others are reached by their lengths.</summary>
    public const int Stride = 8;

    public const int DigestSize = 32;

    /// <summary>Digest, campaign, offset of the file's name.</summary>
    public const int PayloadSize = DigestSize + 4 + 4;

    /// <summary>An identifier <c>MAL-YEAR-NUMBER</c> takes two numbers instead of a text.</summary>
    public const string NumberedPrefix = "MAL-";

    public const int FirstYear = 2000;

    /// <summary>Below it the number of entries stands in the same number as the ecosystem.</summary>
    public const int ManyEntries = 4;

    public static int OffsetsOf(int packages) => (packages + Stride - 1) / Stride;

    public static ReadOnlySpan<byte> Magic => "CANARYDB"u8;
}

/// <summary>What an entry holds besides identifier, campaign and voices.</summary>
[Flags]
internal enum EntryParts : byte
{
    None = 0,
    EveryVersion = 1,
    Versions = 2,
    Ranges = 4,
    Aliases = 8,
    NumberedId = 16,
    NamedId = 32,
}

/// <summary>Which ends a range has.</summary>
[Flags]
internal enum RangeEnds : byte
{
    None = 0,
    Introduced = 1,
    Fixed = 2,
    LastAffected = 4,
}
