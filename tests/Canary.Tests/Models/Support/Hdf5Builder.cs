using System.Buffers.Binary;
using System.Text;

namespace Canary.Tests.Models.Support;

/// <summary>
/// Writes small HDF5 files by hand, the oldest superblock and object headers, so that any of their parts may be wrong. Blobs come first and say
/// their address; the root's header comes last, with the messages that a test gives.
/// </summary>
internal sealed class Hdf5Builder
{
    public const int Dataspace = 1, Datatype = 3, Link = 6, ExternalFiles = 7, Layout = 8, Filters = 11, AttributeMessage = 12, Continuation = 16, SymbolTable = 17;

    public static readonly byte[] Float = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

    private const int Superblock = 96;

    private readonly List<byte> _bytes = [.. new byte[Superblock]];
    private readonly List<byte[]> _messages = [];

    public long Next => _bytes.Count;

    public long Blob(params byte[] bytes)
    {
        long at = _bytes.Count;
        _bytes.AddRange(bytes);
        return at;
    }

    /// <summary>Adds a message to the root.</summary>
    public Hdf5Builder Message(int kind, byte[] body, int flags = 0)
    {
        _messages.Add(MessageOf(kind, body, flags));
        return this;
    }

    /// <summary>An object that the root links to.</summary>
    public Hdf5Builder Object(string name, params byte[][] messages) => Message(Link, HardLink(name, Blob(Header(messages))));

    /// <summary>An attribute of the root, as a text of fixed length.</summary>
    public Hdf5Builder Text(string name, string text) => Message(AttributeMessage, AttributeOf(name, TextType(Encoding.UTF8.GetByteCount(text)), Scalar, Encoding.UTF8.GetBytes(text)));

    public byte[] Build()
    {
        long root = Blob(Header([.. _messages]));
        byte[] file = [.. _bytes];
        byte[] start = [0x89, .. "HDF\r\n\x1a\n"u8, 0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0, .. U64(0), .. Undefined, .. U64(file.Length), .. Undefined,
            .. U64(0), .. U64(root)];
        start.CopyTo(file, 0);
        return file;
    }

    public static byte[] Undefined => [255, 255, 255, 255, 255, 255, 255, 255];

    public static byte[] Scalar => [2, 0, 0, 0];

    public static byte[] Shape(params long[] shape) => [2, (byte)shape.Length, 0, 1, .. shape.SelectMany(U64)];

    public static byte[] TextType(int size) => [0x13, 0, 0, 0, .. U32((uint)size)];

    /// <summary>Texts of any length.</summary>
    public static byte[] Varying => [0x19, 1, 0, 0, 16, 0, 0, 0, .. TextType(1)];

    public static byte[] Contiguous(long address, long size) => [3, 1, .. U64(address), .. U64(size)];

    public static byte[] MessageOf(int kind, byte[] body, int flags = 0)
    {
        byte[] padded = [.. body, .. new byte[-body.Length & 7]];
        return [.. U16(kind), .. U16(padded.Length), (byte)flags, 0, 0, 0, .. padded];
    }

    public static byte[] Header(params byte[][] messages)
    {
        byte[] all = [.. messages.SelectMany(m => m)];
        return [1, 0, .. U16(messages.Length), 1, 0, 0, 0, .. U32((uint)all.Length), 0, 0, 0, 0, .. all];
    }

    public static byte[] HardLink(string name, long address) => [1, 0, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), .. U64(address)];

    public static byte[] TypedLink(string name, int type, byte[] value) => [1, 8, (byte)type, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), .. U16(value.Length), .. value];

    public static byte[] ExternalLink(string name, string file) => TypedLink(name, 64, [0, .. Encoding.UTF8.GetBytes(file), 0, .. "/x\0"u8]);

    public static byte[] AttributeOf(string name, byte[] type, byte[] space, byte[] data) =>
        [3, 0, .. U16(name.Length + 1), .. U16(type.Length), .. U16(space.Length), 0, .. Encoding.UTF8.GetBytes(name), 0, .. type, .. space, .. data];

    /// <summary>A collection of one value, numbered 1.</summary>
    public static byte[] Collection(byte[] value, long? size = null) =>
        [.. "GCOL"u8, 1, 0, 0, 0, .. U64(32 + value.Length + (-value.Length & 7)), 1, 0, 1, 0, 0, 0, 0, 0, .. U64(size ?? value.Length), .. value, .. new byte[-value.Length & 7]];

    public static byte[] Pointer(int length, long collection, int index) => [.. U32((uint)length), .. U64(collection), .. U32((uint)index)];

    public static byte[] U16(int number) => [(byte)number, (byte)(number >> 8)];

    public static byte[] U32(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }

    public static byte[] U64(long number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return bytes;
    }
}
