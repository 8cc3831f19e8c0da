using Canary.Hashing;
using Canary.Packages;
using Microsoft.Win32.SafeHandles;

namespace Canary.Advisories.Index;

/// <summary>
/// The data of an index, a page at a time, each checked against its digest in the signed head when it is first wanted. Pages are read
/// and kept instead of mapped: what was checked can no longer change under the reader, and a file that somebody cuts short is an error
/// instead of a fatal signal. What no lookup touches is never read.
/// </summary>
internal sealed class IndexPages : IDisposable
{
    private readonly SafeFileHandle? _file;
    private readonly byte[]? _whole;
    private readonly long _start;
    private readonly IndexHead _head;
    private readonly byte[]?[] _pages;

    /// <summary>Pages of a file; its digests are checked.</summary>
    public IndexPages(SafeFileHandle file, long start, IndexHead head)
    {
        (_file, _start, _head) = (file, start, head);
        _pages = new byte[]?[(head.Length + IndexLayout.PageSize - 1) / IndexLayout.PageSize];
    }

    /// <summary>Bytes that are trusted as the program is.</summary>
    public IndexPages(byte[] whole, int start, IndexHead head)
    {
        (_whole, _start, _head, _pages) = (whole, start, head, []);
    }

    public ReadOnlySpan<byte> Slice(int offset, int length)
    {
        if (offset < 0 || length < 0 || (long)offset + length > _head.Length)
            throw IndexCursor.Broken();
        if (_whole is not null)
            return _whole.AsSpan((int)_start + offset, length);
        int page = offset / IndexLayout.PageSize, within = offset % IndexLayout.PageSize;
        if (within + length <= IndexLayout.PageSize)
            return length == 0 ? [] : Page(page).AsSpan(within, length);
        byte[] joined = new byte[length];
        for (int done = 0; done < length; page++, within = 0)
        {
            var part = Page(page).AsSpan(within);
            part = part[..Math.Min(part.Length, length - done)];
            part.CopyTo(joined.AsSpan(done));
            done += part.Length;
        }

        return joined;
    }

    /// <summary>What stands from an offset to the end of its page at least, and to <paramref name="atLeast"/> bytes where the data has them.</summary>
    public ReadOnlySpan<byte> From(int offset, int atLeast)
    {
        int left = _head.Length - offset;
        if (offset < 0 || left <= 0)
            throw IndexCursor.Broken();
        int toPageEnd = IndexLayout.PageSize - (offset % IndexLayout.PageSize);
        return Slice(offset, Math.Min(left, Math.Max(toPageEnd, atLeast)));
    }

    public void CheckAll()
    {
        for (int i = 0; i < _pages.Length; i++)
            Page(i);
    }

    public void Dispose() => _file?.Dispose();

    private byte[] Page(int at)
    {
        if (Volatile.Read(ref _pages[at]) is { } kept)
            return kept;
        byte[] page = new byte[Math.Min(IndexLayout.PageSize, _head.Length - (at * IndexLayout.PageSize))];
        int read = SourceFile.Fill(page, _file!, _start + ((long)at * IndexLayout.PageSize));
        Span<byte> digest = stackalloc byte[IndexLayout.DigestSize];
        Blake3.Hash(page.AsSpan(0, read), digest);
        if (read < page.Length || !digest.SequenceEqual(_head.Digests.AsSpan(at * IndexLayout.DigestSize, IndexLayout.DigestSize)))
            throw new InvalidIndexException($"the index is damaged: page {at} is not what was signed; fetch it again");
        Volatile.Write(ref _pages[at], page);
        return page;
    }
}
