using System.Diagnostics;
using Canary.Hashing;

namespace Canary.Models.Hashing;

/// <summary>The entries of a chunk table, one after another, from pieces that fit the nearest caches.</summary>
internal sealed class ChunkDigest
{
    /// <summary>Of a piece: a copy of so much is read again before it leaves the second cache.</summary>
    public const int PieceBytes = 128 * 1024;

    private const int ChunksInPart = ChunkTable.ChunkBytes / Blake3Block.ChunkBytes;

    private readonly byte[] _nodes = new byte[Blake3Tree.Room(ChunksInPart)];
    private int _count;

    /// <summary>The next piece of a chunk of the table.</summary>
    /// <param name="fileLength">Of the whole file: one of a single chunk has another entry.</param>
    /// <param name="offset">Of the piece in the file.</param>
    /// <param name="piece"><see cref="PieceBytes"/>, or fewer at the end of the file.</param>
    /// <param name="entry">Written with the last piece of a chunk.</param>
    /// <returns>Whether it was the last.</returns>
    public bool Add(long fileLength, long offset, ReadOnlySpan<byte> piece, Span<byte> entry)
    {
        long end = offset + piece.Length;
        Debug.Assert(offset / Blake3Block.ChunkBytes % ChunksInPart == _count && (end == fileLength || piece.Length % Blake3Block.ChunkBytes == 0));
        if (fileLength <= Blake3Block.ChunkBytes)
        {
            Blake3.Hash(piece, entry);
            return true;
        }

        _count += Blake3Tree.Chunks(piece, (ulong)(offset / Blake3Block.ChunkBytes), _nodes.AsSpan(_count * Blake3.DigestBytes), Blake3Tree.Widest);
        if (_count < ChunksInPart && end < fileLength)
            return false;
        if (fileLength <= ChunkTable.ChunkBytes)
        {
            Blake3Tree.Join(_nodes, _count, 2, Blake3Tree.Widest);
            Blake3Block.Join(_nodes, Blake3Block.Root, entry);
        }
        else
        {
            Blake3Tree.Join(_nodes, _count, 1, Blake3Tree.Widest);
            _nodes.AsSpan(0, Blake3.DigestBytes).CopyTo(entry);
        }

        _count = 0;
        return true;
    }
}
