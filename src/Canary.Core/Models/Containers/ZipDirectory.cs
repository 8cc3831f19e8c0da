using System.Buffers.Binary;

namespace Canary.Models.Containers;

/// <summary>The entries of a central directory (APPNOTE 4.3.12), without what their local headers say.</summary>
internal static class ZipDirectory
{
    /// <summary>Of one archive. A model of a trillion parameters has some ten thousand tensors.</summary>
    public const int MostMembers = 200_000;

    private const int EntryBytes = 46, MostDirectoryBytes = 64 * 1024 * 1024, UnicodePath = 0x7075;

    public static List<ZipEntry> Read(ModelBytes bytes, ZipEnd end, ZipFaults faults, CancellationToken cancel)
    {
        var entries = new List<ZipEntry>();
        if (end.DirectoryBytes > MostDirectoryBytes)
            faults.Unknown("zip-too-many-members", end.DirectoryAt,
                $"the central directory has {end.DirectoryBytes} bytes; only its first {MostDirectoryBytes} are read");
        ReadOnlySpan<byte> rest = bytes.Read(end.DirectoryAt, (int)Math.Min(end.DirectoryBytes, MostDirectoryBytes));
        long at = end.DirectoryAt;
        while (rest.Length > 0)
        {
            cancel.ThrowIfCancellationRequested();
            if (entries.Count == MostMembers)
            {
                faults.Unknown("zip-too-many-members", at, $"the archive has more than {MostMembers} members; those after them are not read");
                return entries;
            }

            int length = rest.Length < EntryBytes || !rest.StartsWith("PK\x01\x02"u8) ? int.MaxValue
                : EntryBytes + U16(rest, 28) + U16(rest, 30) + U16(rest, 32);
            if (length > rest.Length)
            {
                faults.Deny("zip-broken", at, "the central directory is not a list of entries to its end");
                return entries;
            }

            entries.Add(Entry(rest[..length], at, end.Shift, faults));
            rest = rest[length..];
            at += length;
        }

        if (entries.Count != end.Count)
            faults.Deny("zip-count", end.DirectoryAt, $"the archive says that it has {end.Count} members, and lists {entries.Count}");
        return entries;
    }

    private static ZipEntry Entry(ReadOnlySpan<byte> entry, long at, long shift, ZipFaults faults)
    {
        var nameBytes = entry.Slice(EntryBytes, U16(entry, 28));
        string name = MemberNames.Decode(nameBytes);
        var extra = entry.Slice(EntryBytes + nameBytes.Length, U16(entry, 30));
        ulong packed = U32(entry, 20), size = U32(entry, 24), offset = U32(entry, 42);
        if (ZipExtra.Find(extra, ZipExtra.Zip64, out var wide))
        {
            Take(ref wide, ref size);
            Take(ref wide, ref packed);
            Take(ref wide, ref offset);
        }

        // Version, CRC of the other name, then the name that readers of Unicode paths take instead.
        if (ZipExtra.Find(extra, UnicodePath, out var path) && (path.Length < 5 || !path[5..].SequenceEqual(nameBytes)))
            faults.Deny("zip-names-differ", name, "a second name is hidden in the extra field");
        if (U16(entry, 34) is not (0 or ushort.MaxValue))
            faults.Deny("zip-broken", name, "the member says that it is on another disk");
        if (packed > long.MaxValue / 4 || size > long.MaxValue / 4 || offset > long.MaxValue / 4)
        {
            faults.Deny("zip-broken", at, "a size or an offset is larger than any file");
            packed = size = 0;
            offset = long.MaxValue / 4;
        }

        return new ZipEntry(name, nameBytes.ToArray(), U16(entry, 8), U16(entry, 10), (long)packed, (long)size, (long)offset + shift);
    }

    private static void Take(ref ReadOnlySpan<byte> wide, ref ulong value)
    {
        if (value != uint.MaxValue || wide.Length < 8)
            return;
        value = BinaryPrimitives.ReadUInt64LittleEndian(wide);
        wide = wide[8..];
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}

/// <summary>One entry of a central directory.</summary>
internal sealed record ZipEntry(string Name, byte[] NameBytes, int Flags, int Method, long Packed, long Size, long HeaderAt);
