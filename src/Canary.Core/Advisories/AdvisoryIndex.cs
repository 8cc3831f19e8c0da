using System.Buffers.Binary;
using System.Text;
using Canary.Advisories.Index;
using Canary.Advisories.Versions;
using Canary.Packages;

namespace Canary.Advisories;

/// <summary>The offline index of known-bad packages: opened in no time, asked without a network. For several threads.</summary>
public sealed class AdvisoryIndex : IDisposable
{
    private const string BuiltInResource = "advisories/built-in.index";

    private readonly IndexHead _head;
    private readonly IndexPages _pages;

    private AdvisoryIndex(IndexHead head, IndexPages pages, bool isSigned)
    {
        _head = head;
        _pages = pages;
        IsSigned = isSigned;
    }

    public DateTimeOffset Built => _head.Built;

    /// <summary>Grows from index to index; an older one never takes the place of a newer.</summary>
    public long Sequence => _head.Sequence;

    public bool IsSigned { get; }

    /// <summary>Names of packages.</summary>
    public int Packages => _head.Packages;

    public int Advisories => _head.Entries;

    /// <summary>Exact versions that are named, not counting ranges.</summary>
    public int Versions => _head.Versions;

    public int Payloads => _head.Payloads;

    public IReadOnlyList<AdvisorySource> Sources => _head.Sources;

    /// <summary>The index that is part of the program, and trusted as it is.</summary>
    public static AdvisoryIndex BuiltIn()
    {
        using var resource = typeof(AdvisoryIndex).Assembly.GetManifestResourceStream(BuiltInResource)!;
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return Open(bytes);
    }

    /// <summary>Opens a file whose signature is of a trusted key. Throws <see cref="InvalidIndexException"/> for any other.</summary>
    public static AdvisoryIndex Open(string path, IndexTrust trust)
    {
        var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            long length = RandomAccess.GetLength(file);
            if (length > IndexLayout.MostFile)
                throw new InvalidIndexException($"larger than {IndexLayout.MostFile / 1024 / 1024} MiB");
            byte[] first = Bytes(file, 0, (int)Math.Min(length, IndexLayout.FixedHead));
            int headLength = IndexHead.LengthOf(first);
            byte[] head = Bytes(file, 0, headLength);
            int signatureLength = Bytes(file, headLength, 1)[0];
            byte[] signature = Bytes(file, headLength + 1, signatureLength);
            trust.Check(head, signature);
            var parsed = IndexHead.Parse(head);
            long start = headLength + 1L + signatureLength;
            if (length != start + parsed.Length)
                throw new InvalidIndexException(length < start + parsed.Length ? "the index is cut short; fetch it again" : "something was appended to the index; fetch it again");
            return new AdvisoryIndex(parsed, new IndexPages(file, start, parsed), signatureLength > 0);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>All that is known against a package in the version of the entry; where the entry names none, only what holds for every version.</summary>
    public IReadOnlyList<Advisory> Find(PackageEntry entry) =>
        entry.Origin == PackageOrigin.Local ? [] : Find(entry.Ecosystem, entry.Name, entry.Version);

    public IReadOnlyList<Advisory> Find(string ecosystem, string name, string? version)
    {
        Span<char> room = name.Length <= 256 ? stackalloc char[256] : new char[name.Length];
        ReadOnlySpan<char> normalised = room[..PackageNames.Normalise(ecosystem, name, room)];
        uint hash = (uint)(NameHash.Of(ecosystem, normalised) >> 32);
        List<Advisory>? found = null;
        for (int at = FirstAtLeast(hash); at < _head.Packages && HashAt(at) == hash; at++)
            Record(at, ecosystem, normalised, version, ref found);
        return found is null ? [] : found;
    }

    /// <summary>The known attack that leaves a file of this content; null for none.</summary>
    public KnownPayload? FindPayload(ReadOnlySpan<byte> sha256)
    {
        int start = (_head.Packages * IndexLayout.HashSize) + (IndexLayout.OffsetsOf(_head.Packages) * IndexLayout.OffsetSize), low = 0, high = _head.Payloads - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            var payload = _pages.Slice(start + (middle * IndexLayout.PayloadSize), IndexLayout.PayloadSize);
            int order = payload[..IndexLayout.DigestSize].SequenceCompareTo(sha256);
            if (order == 0)
            {
                int campaign = BinaryPrimitives.ReadInt32LittleEndian(payload[IndexLayout.DigestSize..]);
                return new KnownPayload(IndexHead.At(_head.Campaigns, campaign & int.MaxValue), TextAt(BinaryPrimitives.ReadInt32LittleEndian(payload[(IndexLayout.DigestSize + 4)..])));
            }

            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return null;
    }

    /// <summary>Reads all of it, so that damage shows now. Throws <see cref="InvalidIndexException"/>.</summary>
    public void CheckAll() => _pages.CheckAll();

    public void Dispose() => _pages.Dispose();

    internal static AdvisoryIndex Open(byte[] trusted)
    {
        int headLength = IndexHead.LengthOf(trusted);
        if (trusted.Length <= headLength)
            throw IndexCursor.Broken();
        var head = IndexHead.Parse(trusted.AsSpan(0, headLength));
        int start = headLength + 1 + trusted[headLength];
        return trusted.Length == start + head.Length ? new AdvisoryIndex(head, new IndexPages(trusted, start, head), isSigned: false) : throw IndexCursor.Broken();
    }

    private static byte[] Bytes(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, int length)
    {
        byte[] bytes = new byte[length];
        return SourceFile.Fill(bytes, file, offset) == length ? bytes : throw new InvalidIndexException("the index is cut short; fetch it again");
    }

    private int FirstAtLeast(uint hash)
    {
        int low = 0, high = _head.Packages;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (HashAt(middle) < hash)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private uint HashAt(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_pages.Slice(at * IndexLayout.HashSize, IndexLayout.HashSize));

    private string TextAt(int offset) => Encoding.UTF8.GetString(Utf8At(offset));

    private ReadOnlySpan<byte> Utf8At(int offset)
    {
        int from = _head.Texts + (offset >= 0 ? offset : throw IndexCursor.Broken());
        return Counted(from);
    }

    // A number and so many bytes.
    private ReadOnlySpan<byte> Counted(int from) => _pages.Slice(Body(from, out int length), length);

    private int Body(int from, out int length)
    {
        var cursor = new IndexCursor(_pages.From(from, 5));
        length = cursor.Number();
        int width = 1;
        for (int left = length; left >= 0x80; left >>= 7)
            width++;
        return length <= _head.Length - from - width ? from + width : throw IndexCursor.Broken();
    }

    private void Record(int at, string ecosystem, ReadOnlySpan<char> normalised, string? version, ref List<Advisory>? found)
    {
        int offset = BinaryPrimitives.ReadInt32LittleEndian(_pages.Slice((_head.Packages * IndexLayout.HashSize) + (at / IndexLayout.Stride * IndexLayout.OffsetSize), IndexLayout.OffsetSize));
        if (offset < 0 || offset > _head.Length - _head.Records)
            throw IndexCursor.Broken();
        int from = _head.Records + offset;
        for (int skipped = at % IndexLayout.Stride; skipped > 0; skipped--)
            from = Body(from, out int length) + length;
        var cursor = new IndexCursor(Counted(from));
        int kind = cursor.Number();
        if (IndexHead.At(_head.Ecosystems, kind / IndexLayout.ManyEntries) != ecosystem || !IsName(cursor.Utf8(), normalised))
            return;
        string? canonical = version is null ? null : VersionOrders.Canonical(ecosystem, version);
        int entries = (kind % IndexLayout.ManyEntries) + 1;
        if (entries == IndexLayout.ManyEntries)
            entries = cursor.Count();
        for (int i = 0; i < entries; i++)
        {
            if (Entry(ref cursor, ecosystem, normalised, canonical) is { } advisory)
                (found ??= []).Add(advisory);
        }
    }

    private static bool IsName(ReadOnlySpan<byte> utf8, ReadOnlySpan<char> name)
    {
        Span<byte> room = name.Length <= 256 ? stackalloc byte[768] : new byte[name.Length * 3];
        return utf8.SequenceEqual(room[..Encoding.UTF8.GetBytes(name, room)]);
    }

    private Advisory? Entry(ref IndexCursor cursor, string ecosystem, ReadOnlySpan<char> name, string? version)
    {
        var parts = (EntryParts)cursor.Byte();
        int claim = cursor.Number();
        int year = 0, number = 0;
        if (parts.HasFlag(EntryParts.NumberedId))
            (year, number) = (cursor.Number() + IndexLayout.FirstYear, cursor.Number());
        else if (parts.HasFlag(EntryParts.NamedId))
            number = cursor.Number();
        int[] aliases = parts.HasFlag(EntryParts.Aliases) ? Numbers(ref cursor) : [];
        bool affected = parts.HasFlag(EntryParts.EveryVersion);
        string? fixedIn = null;
        if (parts.HasFlag(EntryParts.Versions))
            affected |= HasVersion(ref cursor, version);
        if (parts.HasFlag(EntryParts.Ranges))
            affected |= IsInRange(ref cursor, ecosystem, version, ref fixedIn);
        if (!affected)
            return null;
        string? id = parts.HasFlag(EntryParts.NumberedId) ? $"{IndexLayout.NumberedPrefix}{year}-{number}" : parts.HasFlag(EntryParts.NamedId) ? TextAt(number) : null;
        var (campaign, voices) = IndexHead.At(_head.Claims, claim);
        return new Advisory(ecosystem, name.ToString(), id, campaign, voices)
        {
            Aliases = aliases.Length == 0 ? [] : Array.ConvertAll(aliases, TextAt),
            EveryVersion = parts.HasFlag(EntryParts.EveryVersion),
            FixedIn = fixedIn,
        };
    }

    private static int[] Numbers(ref IndexCursor cursor)
    {
        int[] numbers = new int[cursor.Count()];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = cursor.Number();
        return numbers;
    }

    private bool HasVersion(ref IndexCursor cursor, string? version)
    {
        Span<byte> room = version is null ? [] : version.Length <= 128 ? stackalloc byte[384] : new byte[version.Length * 3];
        ReadOnlySpan<byte> utf8 = version is null ? [] : room[..Encoding.UTF8.GetBytes(version, room)];
        bool has = false;
        int count = cursor.Count();
        for (int i = 0; i < count; i++)
        {
            int text = cursor.Number();
            has |= version is not null && !has && Utf8At(text).SequenceEqual(utf8);
        }

        return has;
    }

    private bool IsInRange(ref IndexCursor cursor, string ecosystem, string? version, ref string? fixedIn)
    {
        var order = VersionOrders.Of(ecosystem);
        bool affected = false;
        int count = cursor.Count();
        for (int i = 0; i < count; i++)
        {
            var ends = (RangeEnds)cursor.Byte();
            string? introduced = ends.HasFlag(RangeEnds.Introduced) ? TextAt(cursor.Number()) : null;
            string? end = ends.HasFlag(RangeEnds.Fixed) ? TextAt(cursor.Number()) : null;
            string? last = ends.HasFlag(RangeEnds.LastAffected) ? TextAt(cursor.Number()) : null;
            // A text that is no version of its ecosystem is in no range: no false block.
            if (version is null || order is null || order.Compare(version, version) is null
                || (introduced is not null && !(order.Compare(version, introduced) >= 0))
                || (end is not null && !(order.Compare(version, end) < 0))
                || (last is not null && !(order.Compare(version, last) <= 0)))
                continue;
            affected = true;
            fixedIn ??= end;
        }

        return affected;
    }
}
