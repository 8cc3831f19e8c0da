using System.Text;
using Canary.Text;

namespace Canary.Models.Formats.Gguf;

/// <summary>The keys of a GGUF file, each with what is kept of its value.</summary>
internal sealed class GgufMetadata(GgufCursor cursor, ModelFacts facts, ModelInspection inspection)
{
    /// <summary>ggml's own bound of a string, in bytes.</summary>
    public const ulong MostStringBytes = 1UL << 30;

    /// <summary>ggml's own bound of an array.</summary>
    public const ulong MostElements = 1UL << 30;

    /// <summary>The specification's bound of a key, in bytes.</summary>
    public const ulong MostKeyBytes = 65_535;

    /// <summary>Real files have below a hundred; files with one key a token have been seen, and none with more.</summary>
    public const ulong MostKeys = 65_536;

    /// <summary>Real files have below 64 MiB.</summary>
    public const long MostBytes = 1L << 30;

    private readonly Dictionary<string, GgufValue> _values = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, GgufValue> Values => _values;

    public void Read(ulong keys)
    {
        for (ulong i = 0; i < keys; i++)
        {
            long at = cursor.Position;
            if (at > MostBytes)
                throw Fault("gguf-metadata-too-large", at, "the metadata is larger than that of any real file", ModelVerdict.Unknown);
            string key = Name(MostKeyBytes, "key");
            if (key.Length == 0)
                throw Fault("gguf-key-empty", at, "a key has no name");
            var value = Value(key);
            if (!_values.TryAdd(key, value))
                throw Fault("gguf-key-duplicate", at, $"the key {Printable.Line(key, 80)} stands twice");
        }
    }

    public ulong? Number(string key, GgufValueType type) => _values.TryGetValue(key, out var value) && value.Type == type ? value.Number : null;

    /// <summary>Reads a name: of a key, of a tensor.</summary>
    public string Name(ulong mostBytes, string what)
    {
        long at = cursor.Position;
        ulong length = cursor.U64();
        if (length > mostBytes)
            throw Fault($"gguf-{what}-too-long", at, $"the name of a {what} has {length} bytes, and {mostBytes} are allowed");
        byte[] name = cursor.Bytes((int)length);
        if (!System.Text.Unicode.Utf8.IsValid(name) || name.AsSpan().ContainsAnyInRange((byte)0, (byte)0x1f))
            facts.Report($"gguf-{what}-not-text", ModelVerdict.Deny, inspection.At(at), $"the name of a {what} is not text");
        return Encoding.UTF8.GetString(name);
    }

    private GgufValue Value(string key)
    {
        long at = cursor.Position;
        var type = (GgufValueType)cursor.U32();
        switch (type)
        {
            case GgufValueType.String:
                ulong length = StringLength();
                long start = cursor.Position;
                cursor.Skip(length);
                return new GgufValue(type, type, length, 0, start);
            case GgufValueType.Array:
                return Array(key, at);
            case <= GgufValueType.Float64:
                ulong number = cursor.Number(GgufValue.SizeOf(type));
                if (type == GgufValueType.Bool && number > 1)
                    NotBoolean(key, at);
                return new GgufValue(type, type, 0, number, at + 4);
            default:
                throw Fault("gguf-value-type", at, $"the type of a value is {(uint)type}, which has no meaning");
        }
    }

    private GgufValue Array(string key, long at)
    {
        var element = (GgufValueType)cursor.U32();
        ulong count = cursor.U64();
        if (element > GgufValueType.Float64)
            throw Fault("gguf-value-type", at, $"the type of an array's elements is {(uint)element}, which has no meaning");
        if (element == GgufValueType.Array)
            throw Fault("gguf-array-of-arrays", at, "an array holds arrays, which loaders refuse");
        if (count > MostElements)
            throw Fault("gguf-array-too-long", at, $"an array says that it has {count} elements");
        long start = cursor.Position;
        if (element == GgufValueType.String)
        {
            if (count > (ulong)cursor.Left / 8)
                throw Fault("gguf-truncated", at, $"an array says that it has {count} strings, which the file is too small for");
            for (ulong i = 0; i < count; i++)
                cursor.Skip(StringLength());
        }
        else if (element != GgufValueType.Bool)
        {
            cursor.Skip(count * (ulong)GgufValue.SizeOf(element));
        }
        else if (!cursor.SkipBooleans(count))
        {
            NotBoolean(key, at);
        }

        return new GgufValue(GgufValueType.Array, element, count, 0, start);
    }

    private ulong StringLength()
    {
        long at = cursor.Position;
        ulong length = cursor.U64();
        return length <= MostStringBytes ? length : throw Fault("gguf-string-too-long", at, $"a string says that it has {length} bytes");
    }

    private void NotBoolean(string key, long at) => facts.Report(
        "gguf-boolean", ModelVerdict.Deny, inspection.At(at), $"{Printable.Line(key, 80)} has a boolean that is neither 0 nor 1");

    private MalformedModelException Fault(string code, long at, string why, ModelVerdict verdict = ModelVerdict.Deny) =>
        new(code, verdict, inspection.At(at), why);
}
