using System.Buffers.Binary;
using System.Text.Json;
using Canary.Text;

namespace Canary.Models.Formats.SafeTensors;

/// <summary>One tensor as the header declares it; the range counts from the start of the data.</summary>
internal sealed record SafeTensor(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End);

/// <summary>The header of a safetensors file, read strictly: what it finds it reports, what it cannot go on after, it throws.</summary>
internal sealed class SafeTensorsHead
{
    /// <summary>The reference's own bound of a header, in bytes.</summary>
    public const long MostBytes = 100_000_000;

    /// <summary>Real files have below a few tens of thousands.</summary>
    public const int MostTensors = 262_144;

    /// <summary>More than any runtime computes with.</summary>
    public const int MostDimensions = 64;

    private const int LengthBytes = 8;

    private readonly ModelFacts _facts;
    private readonly ModelInspection _inspection;
    private readonly List<SafeTensor> _tensors = [];

    private SafeTensorsHead(ModelFacts facts, ModelInspection inspection) => (_facts, _inspection) = (facts, inspection);

    public IReadOnlyList<SafeTensor> Tensors => _tensors;

    /// <summary>Where the data begins, in bytes of the file.</summary>
    public long DataStart { get; private set; }

    /// <summary>Whether the first bytes could be those of a safetensors file.</summary>
    public static bool LooksLikeOne(ModelBytes bytes) =>
        bytes.Head is { Length: > LengthBytes } head && head[LengthBytes] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(head) is > 1 and <= MostBytes;

    /// <exception cref="MalformedModelException">The rest cannot be read.</exception>
    public static SafeTensorsHead Read(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var head = new SafeTensorsHead(facts, inspection);
        head.Read(bytes);
        return head;
    }

    private void Read(ModelBytes bytes)
    {
        if (bytes.Head.Length < LengthBytes)
            throw Fault("safetensors-truncated", "the file is too short to say how long its header is");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Head);
        if (length > MostBytes)
            throw Fault("safetensors-header-length", $"the header says that it has {length} bytes, and {MostBytes} are allowed");
        if (length > (ulong)(bytes.Length - LengthBytes))
            throw Fault("safetensors-truncated", $"the header says that it has {length} bytes, and the file has {bytes.Length}");
        byte[] json = bytes.Read(LengthBytes, (int)length);
        if (json.Length < (int)length)
            throw Fault("safetensors-truncated", "the file ends within its header");
        if (json.Length == 0 || json[0] != '{')
            throw Fault("safetensors-header-start", "the header does not begin with a brace");
        if (!System.Text.Unicode.Utf8.IsValid(json))
            throw Fault("safetensors-not-utf8", "the header is not valid UTF-8");
        DataStart = LengthBytes + json.Length;
        try
        {
            Parse(json);
        }
        catch (StrictJson.DuplicateKeyException twice)
        {
            throw Fault("safetensors-duplicate-key", twice.Message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Of the parser's own message only that it is one: it may hold bytes of the file.
            throw Fault("safetensors-json", $"the header is not what it should be: {Printable.Line(e.Message, 160)}");
        }
    }

    private void Parse(byte[] json)
    {
        // What follows the object is judged here: the reader would only say that it is too much.
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(StrictJson.Options));
        reader.Read();
        StrictJson.Object(ref reader, "the header", Entry);
        if (reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth != 0)
            throw new JsonException("it ends before its last brace");
        if (json.AsSpan((int)reader.BytesConsumed).ContainsAnyExcept((byte)' '))
            throw Fault("safetensors-header-trailing", "something other than spaces follows the header's object");
    }

    private void Entry(string name, ref Utf8JsonReader reader)
    {
        if (name == "__metadata__")
        {
            StrictJson.Object(ref reader, name, (string _, ref Utf8JsonReader value) => StrictJson.Text(ref value, "a value of __metadata__"));
            return;
        }

        if (_tensors.Count == MostTensors)
            throw Fault("safetensors-too-many", $"the file has more than {MostTensors} tensors, which is more than are read", ModelVerdict.Unknown);
        if (_tensors.Count % 1024 == 0)
            _inspection.Cancel.ThrowIfCancellationRequested();
        var entry = new EntryReader();
        StrictJson.Object(ref reader, "a tensor", entry.Member);
        if (entry.Type is null || entry.Shape is null || entry.Range is not { Count: 2 })
            throw new JsonException("a tensor has no dtype, no shape or no data_offsets of two numbers");
        if (entry.Odd is not null)
            _facts.Report("safetensors-extra-key", ModelVerdict.Unknown, _inspection.At(Printable.Line(name, 80)),
                $"it has the key {Printable.Line(entry.Odd, 80)}, which readers ignore");
        _tensors.Add(new SafeTensor(name, entry.Type, entry.Shape, entry.Range[0], entry.Range[1]));
    }

    private MalformedModelException Fault(string code, string why, ModelVerdict verdict = ModelVerdict.Deny) =>
        new(code, verdict, _inspection.At("header"), why);

    private sealed class EntryReader
    {
        public string? Type { get; private set; }

        public List<long>? Shape { get; private set; }

        public List<long>? Range { get; private set; }

        public string? Odd { get; private set; }

        public void Member(string key, ref Utf8JsonReader reader)
        {
            switch (key)
            {
                case "dtype":
                    Type = StrictJson.Text(ref reader, key);
                    break;
                case "shape":
                    Shape = StrictJson.Wholes(ref reader, key, MostDimensions);
                    break;
                case "data_offsets":
                    Range = StrictJson.Wholes(ref reader, key, 2);
                    break;
                default:
                    Odd = key;
                    if (!reader.TrySkip())
                        throw new JsonException("it ends within a tensor");
                    break;
            }
        }
    }
}
