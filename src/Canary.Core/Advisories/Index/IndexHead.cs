using System.Buffers.Binary;

namespace Canary.Advisories.Index;

/// <summary>What an index says of itself, and the tables that its records refer to.</summary>
internal sealed class IndexHead
{
    private IndexHead(ReadOnlySpan<byte> bytes)
    {
        Built = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), 0, 253402300799));
        Sequence = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        Packages = Field(bytes, 32);
        Entries = Field(bytes, 36);
        Payloads = Field(bytes, 40);
        Texts = Field(bytes, 44);
        Records = Field(bytes, 48);
        Length = Field(bytes, 52);
        Versions = Field(bytes, 56);
        long fixedParts = ((long)Packages * IndexLayout.HashSize) + ((long)IndexLayout.OffsetsOf(Packages) * IndexLayout.OffsetSize) + ((long)Payloads * IndexLayout.PayloadSize);
        if (fixedParts != Texts || Texts > Records || Records > Length)
            throw IndexCursor.Broken();
        int pages = (Length + IndexLayout.PageSize - 1) / IndexLayout.PageSize;
        if (bytes.Length - IndexLayout.FixedHead < (long)pages * IndexLayout.DigestSize)
            throw IndexCursor.Broken();
        Digests = bytes[^(pages * IndexLayout.DigestSize)..].ToArray();

        var cursor = new IndexCursor(bytes[IndexLayout.FixedHead..^(pages * IndexLayout.DigestSize)]);
        Ecosystems = Table(ref cursor);
        string[] voices = Table(ref cursor);
        Campaigns = Table(ref cursor);
        Claims = new (string?, string[])[cursor.Count()];
        for (int i = 0; i < Claims.Length; i++)
        {
            int campaign = cursor.Number();
            string[] said = new string[cursor.Count()];
            for (int j = 0; j < said.Length; j++)
                said[j] = At(voices, cursor.Number());
            Claims[i] = (campaign == 0 ? null : At(Campaigns, campaign), said);
        }

        var sources = new AdvisorySource[cursor.Count()];
        for (int i = 0; i < sources.Length; i++)
            sources[i] = new AdvisorySource(cursor.Text(), cursor.Text(), cursor.Text(), cursor.Number());
        Sources = sources;
    }

    public DateTimeOffset Built { get; }

    public long Sequence { get; }

    public int Packages { get; }

    public int Entries { get; }

    public int Versions { get; }

    public int Payloads { get; }

    /// <summary>Where the texts begin in the data.</summary>
    public int Texts { get; }

    public int Records { get; }

    /// <summary>Of the data.</summary>
    public int Length { get; }

    public byte[] Digests { get; }

    public string[] Ecosystems { get; }

    public string[] Campaigns { get; }

    /// <summary>Campaigns with those who say so.</summary>
    public (string? Campaign, string[] Voices)[] Claims { get; }

    public IReadOnlyList<AdvisorySource> Sources { get; }

    public static IndexHead Parse(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>The length that the first bytes of a file give the head.</summary>
    public static int LengthOf(ReadOnlySpan<byte> first)
    {
        if (first.Length < IndexLayout.FixedHead || !first.StartsWith(IndexLayout.Magic))
            throw new InvalidIndexException("not an index of Canary: make one with `canary db build`");
        int schema = BinaryPrimitives.ReadInt32LittleEndian(first[8..]), length = BinaryPrimitives.ReadInt32LittleEndian(first[12..]);
        if (schema != IndexLayout.Schema)
            throw new InvalidIndexException($"an index of schema {schema}, and this Canary reads schema {IndexLayout.Schema}: take one that was built for it");
        return length is >= IndexLayout.FixedHead and <= IndexLayout.MostHead ? length : throw IndexCursor.Broken();
    }

    public static T At<T>(T[] table, int at) => at < table.Length ? table[at] : throw IndexCursor.Broken();

    private static string[] Table(ref IndexCursor cursor)
    {
        string[] texts = new string[cursor.Count()];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = cursor.Text();
        return texts;
    }

    private static int Field(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]) is >= 0 and int value ? value : throw IndexCursor.Broken();
}
