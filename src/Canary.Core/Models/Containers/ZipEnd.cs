using System.Buffers.Binary;

namespace Canary.Models.Containers;

/// <summary>Where the central directory lies, by the records at the end of the file (APPNOTE 4.3.14–4.3.16).</summary>
/// <param name="DirectoryAt">From the start of the file.</param>
/// <param name="Shift">What was put before the archive, in bytes: to be added to each offset in it.</param>
/// <param name="Count">Entries, as the record says.</param>
internal readonly record struct ZipEnd(long DirectoryAt, long DirectoryBytes, long Count, long Shift)
{
    private const int RecordBytes = 22, LocatorBytes = 20, Record64Bytes = 56;

    private static ReadOnlySpan<byte> Mark => "PK\x05\x06"u8;

    /// <summary>Whether an end record stands where one belongs, so that readers of zip files take this for one, whatever comes first.</summary>
    public static bool IsThere(ModelBytes bytes)
    {
        byte[] tail = Tail(bytes);
        int at = tail.AsSpan().LastIndexOf(Mark);
        return at >= 0 && at + RecordBytes <= tail.Length
            && (long)U32(tail, at + 12) + U32(tail, at + 16) is var end && (end <= bytes.Length || U32(tail, at + 16) == uint.MaxValue);
    }

    public static ZipEnd? Find(ModelBytes bytes, ZipFaults faults)
    {
        byte[] tail = Tail(bytes);
        long tailAt = bytes.Length - tail.Length;
        int at = tail.Length < RecordBytes ? -1 : tail.AsSpan(0, tail.Length - RecordBytes + Mark.Length).LastIndexOf(Mark);
        if (at < 0)
            return null;
        int comment = U16(tail, at + 20);
        int rest = tail.Length - at - RecordBytes;
        if (comment < rest)
            faults.Deny("zip-appended", tailAt + at + RecordBytes + comment, $"{rest - comment} bytes follow the end of the archive");
        else if (comment > rest)
            faults.Deny("zip-broken", tailAt + at, "the comment is cut off");
        else if (comment > 0)
            faults.Unknown("zip-comment", tailAt + at, $"the archive has a comment of {comment} bytes, which no loader reads");
        // The end of a zip that is stored within this one does not reach to the end of the file.
        for (int other = at; other > 0 && (other = tail.AsSpan(0, other).LastIndexOf(Mark)) >= 0;)
        {
            if (other + RecordBytes + U16(tail, other + 20) != tail.Length)
                continue;
            faults.Deny("zip-two-ends", tailAt + other, "the archive ends twice: one reader takes the first end and another the second");
            break;
        }

        long end = tailAt + at, count = U16(tail, at + 10), size = U32(tail, at + 12), offset = U32(tail, at + 16);
        if (U16(tail, at + 4) is not (0 or ushort.MaxValue) || U16(tail, at + 6) is not (0 or ushort.MaxValue))
            faults.Deny("zip-broken", end, "the archive says that it is one of several disks");
        if (at >= LocatorBytes && tail.AsSpan(at - LocatorBytes).StartsWith("PK\x06\x07"u8)
            && !Widen(bytes, end - LocatorBytes, U64(tail, at - LocatorBytes + 8), faults, ref end, ref count, ref size, ref offset))
            return null;
        long start = end - size;
        long shift = start - offset;
        if (start < 0 || shift < 0)
        {
            faults.Deny("zip-broken", end, "the central directory does not lie where the end of the archive says");
            return offset < bytes.Length ? new ZipEnd(offset, Math.Min(size, bytes.Length - offset), count, 0) : null;
        }

        if (shift > 0)
            faults.Deny("zip-prepended", 0, $"{shift} bytes come before the archive");
        return new ZipEnd(start, size, count, shift);
    }

    private static bool Widen(ModelBytes bytes, long locatorAt, ulong written, ZipFaults faults, ref long end, ref long count, ref long size,
        ref long offset)
    {
        byte[] record = written <= (ulong)bytes.Length ? bytes.Read((long)written, Record64Bytes) : [];
        long at = (long)written;
        if (!IsRecord64(record))
        {
            // Where something was put before the archive, the record still stands right before its locator.
            at = locatorAt - Record64Bytes;
            record = at < 0 ? [] : bytes.Read(at, Record64Bytes);
        }

        if (!IsRecord64(record))
        {
            faults.Deny("zip-broken", locatorAt, "the zip64 end record is not where its locator says");
            return true;
        }

        ulong count64 = U64(record, 32), size64 = U64(record, 40), offset64 = U64(record, 48);
        if (Differs((ulong)count, ushort.MaxValue, count64) || Differs((ulong)size, uint.MaxValue, size64)
            || Differs((ulong)offset, uint.MaxValue, offset64))
            faults.Deny("zip-ends-differ", at, "the two end records disagree: one reader takes the first and another the second");
        if (U64(record, 4) + 12 != (ulong)(locatorAt - at))
            faults.Deny("zip-broken", at, "bytes lie between the end records");
        if (count64 > long.MaxValue || size64 > (ulong)bytes.Length || offset64 > (ulong)bytes.Length)
        {
            faults.Deny("zip-broken", at, "the central directory lies outside of the file");
            return false;
        }

        (end, count, size, offset) = (at, (long)count64, (long)size64, (long)offset64);
        return true;
    }

    private static bool Differs(ulong narrow, ulong full, ulong wide) => narrow != full && narrow != wide;

    private static bool IsRecord64(byte[] record) => record.Length == Record64Bytes && record.AsSpan().StartsWith("PK\x06\x06"u8);

    private static byte[] Tail(ModelBytes bytes)
    {
        int most = RecordBytes + ushort.MaxValue;
        return bytes.Read(Math.Max(0, bytes.Length - most), most);
    }

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
