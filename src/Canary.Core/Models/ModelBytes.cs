namespace Canary.Models;

/// <summary>The bytes of a file, or of a member of an archive, by offset. A model may be larger than memory: nothing reads one whole unasked.</summary>
public abstract class ModelBytes
{
    /// <summary>What <see cref="Head"/> holds at most.</summary>
    public const int HeadBytes = 4096;

    private byte[]? _head;

    /// <summary>The file's base name; of a member its path within the archive. Hostile text.</summary>
    public abstract string Name { get; }

    public abstract long Length { get; }

    /// <summary>The first bytes, or all there are: what a format is told by.</summary>
    public ReadOnlySpan<byte> Head => _head ??= Read(0, HeadBytes);

    /// <summary>Fills the buffer from an offset; fewer bytes only where the end comes first.</summary>
    /// <exception cref="IOException">The medium fails.</exception>
    public abstract int ReadAt(long offset, Span<byte> buffer);

    /// <summary>At most so many bytes from an offset, in an array of their own.</summary>
    public byte[] Read(long offset, int most)
    {
        byte[] bytes = new byte[(int)Math.Clamp(Length - offset, 0, most)];
        int read = ReadAt(offset, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>A part, as bytes of their own.</summary>
    public ModelBytes Slice(string name, long offset, long length) => new SlicedBytes(this, name, offset, length);

    /// <summary>A reader with a position; closing it leaves the bytes open.</summary>
    public Stream OpenRead() => new ModelStream(this);

    private sealed class SlicedBytes(ModelBytes whole, string name, long start, long length) : ModelBytes
    {
        public override string Name => name;

        public override long Length { get; } = Math.Clamp(length, 0, Math.Max(0, whole.Length - start));

        public override int ReadAt(long offset, Span<byte> buffer)
        {
            int most = (int)Math.Clamp(Length - offset, 0, buffer.Length);
            return most == 0 ? 0 : whole.ReadAt(start + offset, buffer[..most]);
        }
    }
}
