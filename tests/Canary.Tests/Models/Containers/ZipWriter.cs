using System.IO.Compression;
using System.Text;

namespace Canary.Tests.Models.Containers;

/// <summary>Writes a zip in which every field of either header can lie.</summary>
internal sealed class ZipWriter : IDisposable
{
    private readonly MemoryStream _out = new();
    private readonly List<Part> _parts = [];

    public void Dispose() => _out.Dispose();

    /// <summary>A member; what a test sets differently in the local header or in the directory is a lie of that header alone.</summary>
    internal sealed record Part(string Name, byte[] Bytes)
    {
        public string? LocalName { get; init; }
        public byte[] Extra { get; init; } = [];
        public bool Deflate { get; init; }
        public int Flags { get; init; }
        public int? LocalFlags { get; init; }
        public int? LocalMethod { get; init; }
        public int? Method { get; init; }
        public long? LocalSize { get; init; }
        public long? Size { get; init; }
        public bool Listed { get; init; } = true;
        public byte[]? Descriptor { get; init; }
        public long? Offset { get; init; }
        public bool Wide { get; init; }
        internal long At { get; init; }
        internal byte[] Packed { get; init; } = [];
    }

    public string Comment { get; init; } = "";

    public int? Count { get; init; }

    /// <summary>Added to the offset of the directory in the end record.</summary>
    public int DirectoryShift { get; init; }

    public bool Zip64 { get; init; }

    /// <summary>What the 32-bit end record says of the number of members, beside a zip64 one.</summary>
    public int? NarrowCount { get; init; }

    public ZipWriter Raw(byte[] bytes)
    {
        _out.Write(bytes);
        return this;
    }

    public ZipWriter Add(string name, byte[] bytes, bool deflate = false) => Add(new Part(name, bytes) { Deflate = deflate });

    public ZipWriter Add(Part part)
    {
        byte[] packed = part.Deflate ? Deflated(part.Bytes) : part.Bytes;
        part = part with { At = _out.Length, Packed = packed };
        using var w = new BinaryWriter(_out, Encoding.UTF8, leaveOpen: true);
        byte[] name = Encoding.UTF8.GetBytes(part.LocalName ?? part.Name);
        bool follows = (part.LocalFlags ?? part.Flags) is var f && (f & 8) != 0;
        byte[] extra = part.Wide ? [1, 0, 16, 0, .. BitConverter.GetBytes(part.LocalSize ?? part.Bytes.LongLength), .. BitConverter.GetBytes((long)packed.Length), .. part.Extra] : part.Extra;
        w.Write("PK\x03\x04"u8);
        w.Write((ushort)20);
        w.Write((ushort)f);
        w.Write((ushort)(part.LocalMethod ?? part.Method ?? (part.Deflate ? 8 : 0)));
        w.Write(0);
        w.Write(follows ? 0 : 0x11223344);
        w.Write(part.Wide ? -1 : follows ? 0 : packed.Length);
        w.Write(part.Wide ? -1 : follows ? 0 : (int)(part.LocalSize ?? part.Bytes.Length));
        w.Write((ushort)name.Length);
        w.Write((ushort)extra.Length);
        w.Write(name);
        w.Write(extra);
        w.Write(packed);
        if (follows)
            w.Write(part.Descriptor ?? [.. "PK\x07\x08"u8, 0x44, 0x33, 0x22, 0x11, .. BitConverter.GetBytes(packed.Length), .. BitConverter.GetBytes(part.Bytes.Length)]);
        _parts.Add(part);
        return this;
    }

    public byte[] Close()
    {
        long at = _out.Length;
        using var w = new BinaryWriter(_out, Encoding.UTF8, leaveOpen: true);
        foreach (var part in _parts.Where(p => p.Listed))
        {
            byte[] name = Encoding.UTF8.GetBytes(part.Name);
            byte[] extra = part.Wide ? [1, 0, 16, 0, .. BitConverter.GetBytes(part.Size ?? part.Bytes.LongLength), .. BitConverter.GetBytes((long)part.Packed.Length)] : [];
            w.Write("PK\x01\x02"u8);
            w.Write(0x00140014);
            w.Write((ushort)part.Flags);
            w.Write((ushort)(part.Method ?? (part.Deflate ? 8 : 0)));
            w.Write(0);
            w.Write(0x11223344);
            w.Write(part.Wide ? -1 : part.Packed.Length);
            w.Write(part.Wide ? -1 : (int)(part.Size ?? part.Bytes.Length));
            w.Write((ushort)name.Length);
            w.Write((ushort)extra.Length);
            w.Write((ushort)0);
            w.Write(0L);
            w.Write((int)(part.Offset ?? part.At));
            w.Write(name);
            w.Write(extra);
        }

        long size = _out.Length - at;
        int count = Count ?? _parts.Count(p => p.Listed);
        if (Zip64)
        {
            long end = _out.Length;
            w.Write("PK\x06\x06"u8);
            w.Write(44L);
            w.Write(0x002d002d);
            w.Write(0L);
            w.Write((long)count);
            w.Write((long)count);
            w.Write(size);
            w.Write(at + DirectoryShift);
            w.Write("PK\x06\x07"u8);
            w.Write(0);
            w.Write(end);
            w.Write(1);
        }

        w.Write("PK\x05\x06"u8);
        w.Write(0);
        w.Write((ushort)(NarrowCount ?? (Zip64 ? 0xffff : count)));
        w.Write((ushort)(NarrowCount ?? (Zip64 ? 0xffff : count)));
        w.Write(Zip64 ? -1 : (int)size);
        w.Write(Zip64 ? -1 : (int)at + DirectoryShift);
        byte[] comment = Encoding.UTF8.GetBytes(Comment);
        w.Write((ushort)comment.Length);
        w.Write(comment);
        return _out.ToArray();
    }

    public static byte[] Deflated(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize))
            deflate.Write(bytes);
        return packed.ToArray();
    }
}
