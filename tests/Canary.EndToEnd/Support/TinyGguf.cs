using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Canary.EndToEnd.Support;

/// <summary>
/// A Llama of two layers that llama.cpp loads: the keys and tensors that it asks for, a SentencePiece vocabulary, and weights of a fixed
/// pseudo-random sequence. Some MiB, so that a tensor spans several chunks of a lock.
/// </summary>
internal sealed class TinyGguf
{
    public const int Vocabulary = 8192;

    private const int Embedding = 64;
    private const int FeedForward = 128;
    private const int Heads = 4;
    private const int Layers = 2;
    private const int Alignment = 32;
    private const uint U32 = 4, F32 = 6, I32 = 5, Text = 8, List = 9;
    private const int Normal = 1, Unknown = 2, Control = 3, SingleByte = 6;

    private readonly List<byte> _head = [];
    private readonly List<(string Name, long[] Shape)> _tensors = [];

    /// <summary>Tensors by name: where their bytes start in the file, and how many there are.</summary>
    public IReadOnlyDictionary<string, (long Offset, long Length)> Tensors { get; }

    public byte[] Bytes { get; }

    public TinyGguf()
    {
        ListTensors();
        _head.AddRange("GGUF"u8);
        Number(3u);
        Number((ulong)_tensors.Count);
        Number(18ul);
        WriteKeys();
        var places = new Dictionary<string, (long Offset, long Length)>();
        long at = 0;
        foreach (var (name, shape) in _tensors)
        {
            var length = shape.Aggregate(sizeof(float), (long all, long one) => all * one);
            String(name);
            Number((uint)shape.Length);
            foreach (var extent in shape)
                Number((ulong)extent);
            Number(0u);
            Number((ulong)at);
            places[name] = (at, length);
            at = Aligned(at + length);
        }

        var start = Aligned(_head.Count);
        Bytes = new byte[start + at];
        _head.CopyTo(Bytes);
        Tensors = places.ToDictionary(p => p.Key, p => (start + p.Value.Offset, p.Value.Length));
        foreach (var (offset, length) in Tensors.Values)
            Weights.Fill(Bytes.AsSpan((int)offset, (int)length), offset);
    }

    private static long Aligned(long at) => (at + Alignment - 1) / Alignment * Alignment;

    private void ListTensors()
    {
        _tensors.Add(("token_embd.weight", [Embedding, Vocabulary]));
        for (var layer = 0; layer < Layers; layer++)
        {
            _tensors.Add(($"blk.{layer}.attn_norm.weight", [Embedding]));
            foreach (var part in (string[])["attn_q", "attn_k", "attn_v", "attn_output"])
                _tensors.Add(($"blk.{layer}.{part}.weight", [Embedding, Embedding]));
            _tensors.Add(($"blk.{layer}.ffn_norm.weight", [Embedding]));
            _tensors.Add(($"blk.{layer}.ffn_gate.weight", [Embedding, FeedForward]));
            _tensors.Add(($"blk.{layer}.ffn_up.weight", [Embedding, FeedForward]));
            _tensors.Add(($"blk.{layer}.ffn_down.weight", [FeedForward, Embedding]));
        }

        _tensors.Add(("output_norm.weight", [Embedding]));
        _tensors.Add(("output.weight", [Embedding, Vocabulary]));
    }

    private void WriteKeys()
    {
        Key("general.architecture", "llama");
        Key("general.name", "tiny");
        Key("general.alignment", Alignment);
        Key("general.file_type", 0);
        Key("llama.context_length", 128);
        Key("llama.embedding_length", Embedding);
        Key("llama.block_count", Layers);
        Key("llama.feed_forward_length", FeedForward);
        Key("llama.attention.head_count", Heads);
        Key("llama.attention.head_count_kv", Heads);
        Key("llama.rope.dimension_count", Embedding / Heads);
        Start("llama.attention.layer_norm_rms_epsilon", F32);
        Number(BitConverter.SingleToUInt32Bits(1e-5f));
        Key("tokenizer.ggml.model", "llama");
        Key("tokenizer.ggml.bos_token_id", 1);
        Key("tokenizer.ggml.eos_token_id", 2);
        StartList("tokenizer.ggml.tokens", Text);
        for (var token = 0; token < Vocabulary; token++)
            String(Token(token));
        StartList("tokenizer.ggml.scores", F32);
        for (var token = 0; token < Vocabulary; token++)
            Number(BitConverter.SingleToUInt32Bits(-token));
        StartList("tokenizer.ggml.token_type", I32);
        for (var token = 0; token < Vocabulary; token++)
            Number((uint)(token switch { 0 => Unknown, 1 or 2 => Control, < 259 => SingleByte, _ => Normal }));
    }

    private static string Token(int token) => token switch
    {
        0 => "<unk>",
        1 => "<s>",
        2 => "</s>",
        < 259 => string.Create(CultureInfo.InvariantCulture, $"<0x{token - 3:X2}>"),
        _ => string.Create(CultureInfo.InvariantCulture, $"▁word{token}"),
    };

    private void Key(string name, string value)
    {
        Start(name, Text);
        String(value);
    }

    private void Key(string name, int value)
    {
        Start(name, U32);
        Number((uint)value);
    }

    private void StartList(string name, uint type)
    {
        Start(name, List);
        Number(type);
        Number((ulong)Vocabulary);
    }

    private void Start(string name, uint type)
    {
        String(name);
        Number(type);
    }

    private void String(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Number((ulong)bytes.Length);
        _head.AddRange(bytes);
    }

    private void Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _head.AddRange(bytes);
    }

    private void Number(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _head.AddRange(bytes);
    }
}
