using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Canary.Advisories.Sources;
using Canary.Hashing;

namespace Canary.Advisories.Index;

/// <summary>Makes the bytes of an index. The same statements make the same bytes; a signature, where one is made, differs each time.</summary>
internal sealed class IndexWriter
{
    private readonly IndexBytes _texts = new();
    private readonly Dictionary<string, int> _textOffsets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _claims = new(StringComparer.Ordinal);
    private readonly List<string> _ecosystems, _voices, _campaigns;
    private readonly List<IndexPackage> _packages;
    private readonly Statements _statements;

    private IndexWriter(Statements statements)
    {
        _statements = statements;
        _packages = Consensus.Of(statements);
        var entries = _packages.SelectMany(p => p.Entries).ToList();
        _ecosystems = Ordered(_packages.Select(p => p.Ecosystem));
        _voices = Ordered(entries.SelectMany(e => e.Voices));
        _campaigns = ["", .. Ordered(entries.Select(e => e.Campaign).OfType<string>().Concat(statements.Payloads.Select(p => p.Campaign)))];
        foreach (string set in entries.Select(ClaimOf).GroupBy(c => c, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key))
            _claims.Add(set, _claims.Count);
        // Frequent texts first: their offsets are short numbers.
        var texts = entries.SelectMany(Texts).Concat(statements.Payloads.Select(p => p.File)).GroupBy(t => t, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal);
        foreach (var text in texts)
        {
            _textOffsets.Add(text.Key, _texts.Length);
            _texts.Text(text.Key);
        }
    }

    /// <param name="key">The private key to sign with; null for an index that is trusted for the place it lies in.</param>
    public static byte[] Write(Statements statements, DateTimeOffset built, long sequence, ECDsa? key = null)
    {
        var writer = new IndexWriter(statements);
        var data = writer.Data(out int texts, out int records, out int payloads);
        var head = writer.Head(data, built, sequence, texts, records, payloads);
        byte[] signature = key is null ? [] : key.SignData(head, HashAlgorithmName.SHA256);
        var file = new IndexBytes();
        file.Raw(head);
        file.Byte((byte)signature.Length);
        file.Raw(signature);
        file.Raw(data);
        return file.Span.ToArray();
    }

    private static List<string> Ordered(IEnumerable<string> texts) => [.. texts.Distinct(StringComparer.Ordinal).OrderBy(t => t, StringComparer.Ordinal)];

    private ReadOnlySpan<byte> Data(out int texts, out int records, out int payloads)
    {
        var data = new IndexBytes();
        var bodies = new IndexBytes();
        foreach (var package in _packages)
            data.Fixed32((uint)(package.Hash >> 32));
        for (int i = 0; i < _packages.Count; i++)
        {
            if (i % IndexLayout.Stride == 0)
                data.Fixed32((uint)bodies.Length);
            var body = Record(_packages[i]);
            bodies.Number(body.Length);
            bodies.Raw(body.Span);
        }

        var known = _statements.Payloads.GroupBy(p => p.Sha256, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.First()).ToList();
        foreach (var payload in known)
        {
            data.Raw(Convert.FromHexString(payload.Sha256));
            data.Fixed32((uint)_campaigns.IndexOf(payload.Campaign));
            data.Fixed32((uint)_textOffsets[payload.File]);
        }

        (payloads, texts) = (known.Count, data.Length);
        data.Raw(_texts.Span);
        records = data.Length;
        data.Raw(bodies.Span);
        return data.Span;
    }

    private byte[] Head(ReadOnlySpan<byte> data, DateTimeOffset built, long sequence, int texts, int records, int payloads)
    {
        var head = new IndexBytes();
        head.Raw(IndexLayout.Magic);
        head.Fixed32(IndexLayout.Schema);
        head.Fixed32(0);
        head.Fixed64((ulong)built.ToUnixTimeSeconds());
        head.Fixed64((ulong)sequence);
        foreach (int number in (int[])[_packages.Count, _packages.Sum(p => p.Entries.Count), payloads, texts, records, data.Length, _packages.Sum(p => p.Entries.Sum(e => e.Versions.Count)), 0])
            head.Fixed32((uint)number);
        Table(head, _ecosystems);
        Table(head, _voices);
        Table(head, _campaigns);
        head.Number(_claims.Count);
        foreach (string claim in _claims.OrderBy(c => c.Value).Select(c => c.Key))
        {
            string[] words = claim.Split('\n');
            head.Number(_campaigns.IndexOf(words[0]));
            head.Number(words.Length - 1);
            foreach (string voice in words.Skip(1))
                head.Number(_voices.IndexOf(voice));
        }

        head.Number(_statements.Sources.Count);
        foreach (var source in _statements.Sources)
        {
            head.Text(source.Name);
            head.Text(source.Origin);
            head.Text(source.Licence);
            head.Number(source.Statements);
        }

        Span<byte> digest = stackalloc byte[IndexLayout.DigestSize];
        for (int at = 0; at < data.Length; at += IndexLayout.PageSize)
        {
            Blake3.Hash(data.Slice(at, Math.Min(IndexLayout.PageSize, data.Length - at)), digest);
            head.Raw(digest);
        }

        byte[] bytes = head.Span.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), bytes.Length);
        return bytes;
    }

    private static void Table(IndexBytes into, List<string> texts)
    {
        into.Number(texts.Count);
        foreach (string text in texts)
            into.Text(text);
    }

    private IndexBytes Record(IndexPackage package)
    {
        var record = new IndexBytes();
        int few = Math.Min(package.Entries.Count, IndexLayout.ManyEntries) - 1;
        record.Number((_ecosystems.BinarySearch(package.Ecosystem, StringComparer.Ordinal) * IndexLayout.ManyEntries) + few);
        record.Text(package.Name);
        if (few == IndexLayout.ManyEntries - 1)
            record.Number(package.Entries.Count);
        foreach (var entry in package.Entries)
            Entry(record, entry);
        return record;
    }

    private void Entry(IndexBytes record, IndexEntry entry)
    {
        var numbered = Numbered(entry.Id);
        var parts = (entry.EveryVersion ? EntryParts.EveryVersion : 0) | (entry.Versions.Count > 0 ? EntryParts.Versions : 0)
            | (entry.Ranges.Count > 0 ? EntryParts.Ranges : 0) | (entry.Aliases.Count > 0 ? EntryParts.Aliases : 0)
            | (numbered is not null ? EntryParts.NumberedId : entry.Id is not null ? EntryParts.NamedId : 0);
        record.Byte((byte)parts);
        record.Number(_claims[ClaimOf(entry)]);
        if (numbered is var (year, number))
        {
            record.Number(year - IndexLayout.FirstYear);
            record.Number(number);
        }
        else if (entry.Id is not null)
        {
            record.Number(_textOffsets[entry.Id]);
        }

        if (entry.Aliases.Count > 0)
            Offsets(record, entry.Aliases);
        if (entry.Versions.Count > 0)
            Offsets(record, entry.Versions);
        if (entry.Ranges.Count == 0)
            return;
        record.Number(entry.Ranges.Count);
        foreach (var range in entry.Ranges)
        {
            record.Byte((byte)((range.Introduced is null ? 0 : RangeEnds.Introduced) | (range.Fixed is null ? 0 : RangeEnds.Fixed) | (range.LastAffected is null ? 0 : RangeEnds.LastAffected)));
            foreach (string end in Ends(range))
                record.Number(_textOffsets[end]);
        }
    }

    private void Offsets(IndexBytes record, IReadOnlyList<string> texts)
    {
        record.Number(texts.Count);
        foreach (string text in texts)
            record.Number(_textOffsets[text]);
    }

    private static IEnumerable<string> Ends(VersionRange range) => new[] { range.Introduced, range.Fixed, range.LastAffected }.OfType<string>();

    private static IEnumerable<string> Texts(IndexEntry entry) =>
        [.. entry.Aliases, .. entry.Versions, .. entry.Ranges.SelectMany(Ends), .. Numbered(entry.Id) is null && entry.Id is not null ? [entry.Id] : Array.Empty<string>()];

    private static string ClaimOf(IndexEntry entry) => string.Join('\n', [entry.Campaign, .. entry.Voices]);

    private static (int Year, int Number)? Numbered(string? id)
    {
        string[] parts = id?.Split('-') ?? [];
        return parts.Length == 3 && id!.StartsWith(IndexLayout.NumberedPrefix, StringComparison.Ordinal)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int year)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && year >= IndexLayout.FirstYear && id == $"MAL-{year}-{number}" ? (year, number) : null;
    }
}
