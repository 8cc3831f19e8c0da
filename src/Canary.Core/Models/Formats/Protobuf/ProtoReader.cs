using System.Buffers.Binary;
using System.Text;

namespace Canary.Models.Formats.Protobuf;

/// <summary>Reads messages of protobuf by offset, through a small window: what has a length is skipped unread unless it is asked for.</summary>
internal sealed class ProtoReader(ModelBytes bytes, CancellationToken cancel)
{
    /// <summary>Of one file. Hostile files are full of empty fields; a model of this size has a few per operator.</summary>
    public const long MostFields = 20_000_000;

    private const int WindowBytes = 64 * 1024;

    private readonly byte[] _window = new byte[WindowBytes];
    private long _windowAt;
    private int _windowBytes;
    private long _fields;

    public ModelBytes Bytes { get; } = bytes;

    /// <summary>The bound was met: what follows was not read.</summary>
    public bool Exhausted => _fields > MostFields;

    public ProtoMessage Whole() => new(this, 0, Bytes.Length);

    public ProtoMessage Message(ProtoField field) => new(this, field.At, field.At + field.Length);

    /// <summary>At most so many bytes of a field, as text; what is no UTF-8 stands as U+FFFD.</summary>
    public string Text(ProtoField field, int most = 1024) => Encoding.UTF8.GetString(Content(field, most));

    public byte[] Content(ProtoField field, int most)
    {
        int length = (int)Math.Min(field.Length, most);
        byte[] content = new byte[length];
        int copied = 0;
        if (field.At >= _windowAt && field.At < _windowAt + _windowBytes)
        {
            copied = (int)Math.Min(length, _windowAt + _windowBytes - field.At);
            _window.AsSpan((int)(field.At - _windowAt), copied).CopyTo(content);
        }

        if (copied < length)
            copied += Bytes.ReadAt(field.At + copied, content.AsSpan(copied));
        return copied == length ? content : content[..copied];
    }

    /// <summary>The varints of a packed field, or the one of a field that is not packed.</summary>
    public IEnumerable<ulong> Numbers(ProtoField field)
    {
        if (!field.HasLength)
        {
            yield return field.Value;
            yield break;
        }

        for (long at = field.At; at < field.At + field.Length && Varint(ref at, field.At + field.Length) is { } value;)
            yield return value;
    }

    internal bool Count()
    {
        if ((++_fields & 0xffff) == 0)
            cancel.ThrowIfCancellationRequested();
        return !Exhausted;
    }

    internal ulong? Varint(ref long at, long end)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70 && at < end; shift += 7)
        {
            int b = Byte(at++);
            if (b < 0)
                return null;
            // The tenth byte has one bit to give.
            if (shift == 63 && b > 1)
                return null;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }

        return null;
    }

    internal ulong Fixed(long at, int length)
    {
        Span<byte> number = stackalloc byte[8];
        for (int i = 0; i < length; i++)
            number[i] = (byte)Byte(at + i);
        return BinaryPrimitives.ReadUInt64LittleEndian(number);
    }

    private int Byte(long at)
    {
        if (at < _windowAt || at >= _windowAt + _windowBytes)
        {
            _windowAt = at;
            _windowBytes = Bytes.ReadAt(at, _window);
            if (_windowBytes == 0)
                return -1;
        }

        return _window[at - _windowAt];
    }
}
