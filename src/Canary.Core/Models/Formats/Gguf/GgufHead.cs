using Canary.Text;

namespace Canary.Models.Formats.Gguf;

/// <summary>
/// Everything of a GGUF file before its data, checked as ggml's <c>gguf.cpp</c> checks it and where that is silent. What it finds it
/// reports; what it cannot go on after, it throws.
/// </summary>
internal sealed class GgufHead
{
    /// <summary>Of a tensor's name, ggml's bound with the ending zero.</summary>
    public const ulong MostNameBytes = 63;

    public const uint MostDimensions = 4;

    /// <summary>Real files have below a few thousand.</summary>
    public const ulong MostTensors = 262_144;

    /// <summary>ggml's, where the file says nothing.</summary>
    public const uint DefaultAlignment = 32;

    private const int FixedBytes = 24, LeastKeyBytes = 13, LeastTensorBytes = 24;

    private readonly GgufCursor _cursor;
    private readonly ModelFacts _facts;
    private readonly ModelInspection _inspection;
    private readonly List<GgufTensor> _tensors = [];

    private GgufHead(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        _cursor = new GgufCursor(bytes, inspection);
        _facts = facts;
        _inspection = inspection;
        Metadata = new GgufMetadata(_cursor, facts, inspection);
    }

    public uint Version { get; private set; }

    public bool BigEndian => _cursor.BigEndian;

    public GgufMetadata Metadata { get; }

    public IReadOnlyList<GgufTensor> Tensors => _tensors;

    public long Alignment { get; private set; } = DefaultAlignment;

    /// <summary>Where the last declaration ends, in bytes.</summary>
    public long End { get; private set; }

    /// <exception cref="MalformedModelException">The rest cannot be read.</exception>
    public static GgufHead Read(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var head = new GgufHead(bytes, facts, inspection);
        head.Read();
        return head;
    }

    private void Read()
    {
        _cursor.Skip(4);
        Version = ReadVersion();
        ulong tensors = _cursor.U64(), keys = _cursor.U64();
        // ggml bounds both by the address space alone, and reserves memory by them.
        if (keys > (ulong)(_cursor.Length - FixedBytes) / LeastKeyBytes)
            throw Fault("gguf-key-count", 16, $"the file says that it has {keys} keys, which it is too small for");
        if (tensors > (ulong)(_cursor.Length - FixedBytes) / LeastTensorBytes)
            throw Fault("gguf-tensor-count", 8, $"the file says that it has {tensors} tensors, which it is too small for");
        if (keys > GgufMetadata.MostKeys || tensors > MostTensors)
            throw Fault("gguf-too-many", 8, $"{keys} keys and {tensors} tensors are more than are read", ModelVerdict.Unknown);
        Metadata.Read(keys);
        ReadAlignment();
        ReadTensors(tensors);
        End = _cursor.Position;
    }

    private uint ReadVersion()
    {
        uint version = _cursor.U32();
        if (version != 0 && (version & 0xffff) == 0)
        {
            _cursor.BigEndian = true;
            version = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(version);
        }

        return version is 2 or 3 ? version : throw Fault("gguf-version", 4, $"the version is {version}, and loaders read 2 and 3");
    }

    private void ReadAlignment()
    {
        if (!Metadata.Values.TryGetValue("general.alignment", out var value))
            return;
        if (value.Type != GgufValueType.UInt32)
            throw Fault("gguf-alignment", value.Offset, "general.alignment is not a number of 32 bits");
        if (value.Number == 0 || !ulong.IsPow2(value.Number))
            throw Fault("gguf-alignment", value.Offset, $"general.alignment is {value.Number}, which is no power of two");
        Alignment = (long)value.Number;
    }

    private void ReadTensors(ulong count)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            long at = _cursor.Position;
            string name = Metadata.Name(MostNameBytes, "tensor");
            if (name.Length == 0)
                _facts.Report("gguf-tensor-unnamed", ModelVerdict.Unknown, _inspection.At(at), "a tensor has no name");
            if (!names.Add(name))
                throw Fault("gguf-tensor-duplicate", at, $"the tensor {Printable.Line(name, 80)} stands twice");
            _tensors.Add(ReadTensor(name, at));
        }
    }

    private GgufTensor ReadTensor(string name, long at)
    {
        string shown = Printable.Line(name, 80);
        uint dimensions = _cursor.U32();
        if (dimensions > MostDimensions)
            throw Fault("gguf-tensor-dimensions", at, $"the tensor {shown} has {dimensions} dimensions, and {MostDimensions} are allowed");
        long[] shape = new long[dimensions];
        UInt128 elements = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            ulong length = _cursor.U64();
            if (length > long.MaxValue)
                throw Fault("gguf-tensor-shape", at, $"a dimension of the tensor {shown} is negative");
            if (length == 0)
                _facts.Report("gguf-tensor-zero", ModelVerdict.Deny, _inspection.At(at), $"a dimension of the tensor {shown} is zero");
            shape[i] = (long)length;
            elements *= length;
            if (elements > long.MaxValue)
                throw Fault("gguf-tensor-shape", at, $"the tensor {shown} has more elements than can be counted");
        }

        uint number = _cursor.U32();
        ulong offset = _cursor.U64();
        if (GgufTensorType.Of(number) is not { } type)
        {
            string state = number < GgufTensorType.Count ? "was withdrawn" : "has no meaning";
            _facts.Report("gguf-tensor-type", ModelVerdict.Deny, _inspection.At(at), $"the type of the tensor {shown} is {number}, which {state}");
            return new GgufTensor(name, null, shape, offset, 0);
        }

        if (shape.Length > 0 && shape[0] % type.Elements != 0 || shape.Length == 0 && type.Elements != 1)
        {
            _facts.Report("gguf-tensor-block", ModelVerdict.Deny, _inspection.At(at),
                $"the rows of the tensor {shown} are not whole blocks of {type.Elements} as {type.Name} has them");
            return new GgufTensor(name, null, shape, offset, 0);
        }

        var size = elements / (ulong)type.Elements * (ulong)type.Bytes;
        if (size > long.MaxValue / 2)
            throw Fault("gguf-tensor-shape", at, $"the tensor {shown} has more bytes than can be counted");
        return new GgufTensor(name, type, shape, offset, (long)size);
    }

    private MalformedModelException Fault(string code, long at, string why, ModelVerdict verdict = ModelVerdict.Deny) =>
        new(code, verdict, _inspection.At(at), why);
}
