using Canary.Text;

namespace Canary.Models.Formats.Hdf5;

/// <summary>
/// An HDF5 file that is being read by address. Every part is bounds-checked before memory is taken for it, and all that is read together is
/// bounded, so that parts that point to each other cost no more than a file of that size could.
/// </summary>
/// <param name="start">Where the superblock stands: addresses count from there, as libhdf5 counts them whatever the file says.</param>
internal sealed class Hdf5File(ModelBytes bytes, long start, ModelFacts facts, ModelInspection inspection)
{
    /// <summary>The address of what was never stored.</summary>
    public const long Undefined = -1;

    /// <summary>Of one part. Object headers and nodes of trees have some KiB.</summary>
    public const int MostBlockBytes = 16 * 1024 * 1024;

    /// <summary>Of all parts together, the numbers of datasets left out.</summary>
    public const long MostReadBytes = 512L * 1024 * 1024;

    // Reading costs something even where little is read.
    private const int LeastCost = 64, WindowBytes = 16 * 1024;

    // The later ones of a kind follow from the first. A file with so many faults is no file that was damaged.
    private const int MostReports = 8, MostFaults = 1000;

    private readonly byte[] _window = new byte[(int)Math.Min(WindowBytes, bytes.Length)];
    private readonly Dictionary<(string Code, ModelVerdict Verdict), int> _reports = [];
    private long _windowAt;
    private int _held;
    private long _read;
    private int _faults;

    public ModelFacts Facts { get; } = facts;

    public ModelInspection Inspection { get; } = inspection;

    /// <summary>Of an address, as the superblock says: 2, 4 or 8 bytes.</summary>
    public int OffsetBytes { get; set; } = 8;

    /// <summary>Of a size, as the superblock says.</summary>
    public int LengthBytes { get; set; } = 8;

    /// <summary>From the superblock to the end.</summary>
    public long Length { get; } = bytes.Length - start;

    /// <summary>What is stored where.</summary>
    public Hdf5Extents Extents { get; } = new();

    /// <summary>False once something that a reader would reach was not read.</summary>
    public bool Whole { get; private set; } = true;

    /// <summary>So much was broken that the rest is not worth the time.</summary>
    public bool GivenUp => _faults > MostFaults;

    /// <summary>A part of the file, in memory of its own.</summary>
    /// <exception cref="MalformedModelException">It lies outside of the file, or is larger than such parts are.</exception>
    public Hdf5Block Block(long address, long length, string what)
    {
        if (address < 0 || length < 0 || address > Length - length)
            throw Fault(Math.Max(address, 0), $"{what} reaches past the end of the file");
        if (length > MostBlockBytes || (_read += length + LeastCost) > MostReadBytes)
            throw new MalformedModelException("hdf5-too-large", ModelVerdict.Unknown, At(address), $"{what} was not read: there is more than is read of any file");
        Inspection.Cancel.ThrowIfCancellationRequested();
        byte[] held = new byte[(int)length];
        if (Fill(start + address, held) < held.Length)
            throw Fault(address, $"{what} reaches past the end of the file");
        return new Hdf5Block(this, held, address);
    }

    /// <summary>A part as bytes that are read when they are asked for; shorter where the file ends.</summary>
    public ModelBytes Slice(string name, long address, long length) => bytes.Slice(name, start + address, length);

    public string At(long address) => Inspection.At(start + address);

    /// <summary>Where a part lies in the file.</summary>
    public long FileOffset(long address) => start + address;

    public MalformedModelException Fault(long address, string why) => new("hdf5-broken", ModelVerdict.Unknown, At(address), why);

    public void Report(string code, ModelVerdict verdict, long address, string why)
    {
        int said = _reports.GetValueOrDefault((code, verdict));
        if (said >= MostReports)
            return;
        _reports[(code, verdict)] = said + 1;
        Facts.Report(code, verdict, At(address), Printable.Line(why, 400));
    }

    /// <summary>Something is not read that a reader would have.</summary>
    public void Unread(string code, long address, string why)
    {
        Whole = false;
        Report(code, ModelVerdict.Unknown, address, why);
    }

    public void Unread(MalformedModelException fault)
    {
        Whole = false;
        _faults++;
        int said = _reports.GetValueOrDefault((fault.Code, fault.Verdict));
        _reports[(fault.Code, fault.Verdict)] = said + 1;
        if (said < MostReports)
            fault.ReportTo(Facts);
    }

    /// <summary>A product that a file has asked for.</summary>
    public long Times(long a, long b, long address)
    {
        var product = (Int128)a * b;
        return product >= 0 && product <= long.MaxValue ? (long)product : throw Fault(address, "a size is larger than can be counted");
    }

    private int Fill(long offset, Span<byte> into)
    {
        if (into.Length > _window.Length)
            return bytes.ReadAt(offset, into);
        if (offset < _windowAt || offset + into.Length > _windowAt + _held)
        {
            _windowAt = offset;
            _held = bytes.ReadAt(offset, _window);
        }

        int there = Math.Min(into.Length, (int)(_windowAt + _held - offset));
        _window.AsSpan((int)(offset - _windowAt), there).CopyTo(into);
        return there;
    }
}
