using Canary.Hashing;
using Canary.Models.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Canary.Models.Locking;

/// <summary>Holds chunks of files against their tables, in pieces that fit the nearest caches. One for each thread.</summary>
internal sealed class ChunkReader
{
    private readonly byte[] _piece = new byte[ChunkDigest.PieceBytes];
    private readonly byte[] _entry = new byte[Blake3.DigestBytes];
    private ChunkDigest _digest = new();
    private bool _isWithin;

    /// <summary>Whether the chunk is the table's. A file that ends within it is not.</summary>
    /// <exception cref="IOException">The medium fails.</exception>
    public bool Matches(SafeFileHandle file, ChunkTable table, int chunk)
    {
        // One before ended early, or failed.
        if (_isWithin)
            _digest = new ChunkDigest();
        _isWithin = true;
        var (offset, bytes) = table.Place(chunk);
        for (long end = offset + bytes; offset < end; offset += _piece.Length)
        {
            var piece = _piece.AsSpan(0, (int)Math.Min(_piece.Length, end - offset));
            int read = 0;
            while (read < piece.Length && RandomAccess.Read(file, piece[read..], offset + read) is > 0 and int more)
                read += more;
            if (read < piece.Length)
                return false;
            _digest.Add(table.Length, offset, piece, _entry);
        }

        _isWithin = false;
        return _entry.AsSpan().SequenceEqual(table.Digests.Span.Slice(chunk * Blake3.DigestBytes, Blake3.DigestBytes));
    }
}
