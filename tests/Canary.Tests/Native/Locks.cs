using Canary.Hashing;
using Canary.Models.Hashing;
using Canary.Models.Locking;

namespace Canary.Tests.Native;

/// <summary>Locks of a few MiB of bytes that are made here.</summary>
internal static class Locks
{
    public static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    public static LockedFile Of(byte[] bytes, string path = "model.gguf", params LockedTensor[] tensors)
    {
        int count = ChunkTable.CountOf(bytes.Length);
        byte[] digests = new byte[count * Blake3.DigestBytes];
        for (int i = 0; i < count; i++)
        {
            (long offset, int part) = ChunkTable.Place(bytes.Length, i);
            ChunkTable.Digest(bytes.Length, i, bytes.AsSpan((int)offset, part), digests.AsSpan(i * Blake3.DigestBytes, Blake3.DigestBytes));
        }

        return new LockedFile(path, bytes.Length, new string('0', 64), new ChunkTable(bytes.Length, digests)) { Format = "gguf", Tensors = tensors };
    }
}
