using System.Buffers.Binary;
using System.Text;

namespace Canary.Tests.Models.Support;

/// <summary>
/// Writes GGUF files: sound ones by <see cref="Build"/>, and through the settable parts any that is not. What is not set is computed as a
/// sound writer would.
/// </summary>
internal sealed class GgufBuilder
{
    private readonly List<Action<Out>> _keys = [];
    private readonly List<(string Name, ulong[] Shape, uint Type, byte[] Data, ulong? Offset)> _tensors = [];

    public bool BigEndian { get; set; }

    public uint Version { get; set; } = 3;

    public ulong? KeyCount { get; set; }

    public ulong? TensorCount { get; set; }

    public uint Alignment { get; set; } = 32;

    public byte Fill { get; set; }

    /// <summary>A small model as a converter writes it: architecture, tokenizer, two tensors.</summary>
    public static GgufBuilder Small(int tokens = 3) => new GgufBuilder()
        .Text("general.architecture", "llama")
        .Number("general.file_type", 4, 1)
        .Texts("tokenizer.ggml.tokens", [.. Enumerable.Range(0, tokens).Select(i => $"t{i}")])
        .Array("tokenizer.ggml.scores", 6, (ulong)tokens, new byte[4 * tokens])
        .Array("tokenizer.ggml.token_type", 5, (ulong)tokens, new byte[4 * tokens])
        .Key("tokenizer.ggml.add_bos_token", 7, o => o.U8(1))
        .Tensor("token_embd.weight", [8, 3], 0)
        .Tensor("output.weight", [5], 1);

    public GgufBuilder Key(string name, uint type, Action<Out> value)
    {
        _keys.Add(o => { o.Text(name); o.U32(type); value(o); });
        return this;
    }

    /// <param name="type">Of the specification: 2 is a UINT16, 4 a UINT32, 5 an INT32, 10 a UINT64.</param>
    public GgufBuilder Number(string name, uint type, ulong value) => Key(name, type, o => o.Number(value, type switch { 0 or 1 or 7 => 1, 2 or 3 => 2, 4 or 5 or 6 => 4, _ => 8 }));

    public GgufBuilder Text(string name, string value) => Key(name, 8, o => o.Text(value));

    public GgufBuilder Texts(string name, params string[] values) => Key(name, 9, o =>
    {
        o.U32(8);
        o.Number((ulong)values.Length, 8);
        foreach (string value in values)
            o.Text(value);
    });

    public GgufBuilder Array(string name, uint element, ulong count, byte[] raw) => Key(name, 9, o =>
    {
        o.U32(element);
        o.Number(count, 8);
        o.Raw(raw);
    });

    /// <param name="size">In bytes; that of the shape for f32 (0) and f16 (1).</param>
    public GgufBuilder Tensor(string name, ulong[] shape, uint type, int? size = null, ulong? offset = null)
    {
        size ??= (int)shape.Aggregate(type == 0 ? 4UL : 2UL, (a, b) => a * b);
        byte[] content = new byte[size.Value];
        System.Array.Fill(content, (byte)(0x40 + _tensors.Count));
        _tensors.Add((name, shape, type, content, offset));
        return this;
    }

    public byte[] Build()
    {
        var o = new Out(BigEndian);
        o.Raw("GGUF"u8);
        o.U32(Version);
        o.Number(TensorCount ?? (ulong)_tensors.Count, 8);
        o.Number(KeyCount ?? (ulong)_keys.Count, 8);
        foreach (var key in _keys)
            key(o);
        ulong at = 0;
        foreach (var (name, shape, type, content, offset) in _tensors)
        {
            o.Text(name);
            o.U32((uint)shape.Length);
            foreach (ulong dimension in shape)
                o.Number(dimension, 8);
            o.U32(type);
            o.Number(offset ?? at, 8);
            at += ((ulong)content.Length + Alignment - 1) / Alignment * Alignment;
        }

        o.Pad(Alignment, Fill);
        foreach (var tensor in _tensors)
        {
            o.Raw(tensor.Data);
            o.Pad(Alignment, Fill);
        }

        return o.ToArray();
    }

    /// <summary>Bytes in one of the two orders.</summary>
    public sealed class Out(bool bigEndian)
    {
        private readonly List<byte> _bytes = [];

        public void U8(byte value) => _bytes.Add(value);

        public void U32(uint value) => Number(value, 4);

        public void Number(ulong value, int size)
        {
            Span<byte> whole = stackalloc byte[8];
            if (bigEndian)
                BinaryPrimitives.WriteUInt64BigEndian(whole, value);
            else
                BinaryPrimitives.WriteUInt64LittleEndian(whole, value);
            _bytes.AddRange(bigEndian ? whole[^size..] : whole[..size]);
        }

        public void Text(string value)
        {
            byte[] text = Encoding.UTF8.GetBytes(value);
            Number((ulong)text.Length, 8);
            Raw(text);
        }

        public void Raw(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        public void Pad(uint alignment, byte fill)
        {
            while (_bytes.Count % alignment != 0)
                _bytes.Add(fill);
        }

        public byte[] ToArray() => [.. _bytes];
    }
}
