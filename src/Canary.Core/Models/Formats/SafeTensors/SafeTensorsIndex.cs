using System.Text.Json;
using Canary.Text;

namespace Canary.Models.Formats.SafeTensors;

/// <summary>What an index says: for each tensor its file, and how many bytes they all have.</summary>
/// <param name="TotalSize">Null where it is not said.</param>
internal sealed record SafeTensorsIndex(IReadOnlyDictionary<string, string> Tensors, long? TotalSize)
{
    /// <exception cref="MalformedModelException">It is no index, or two parsers would read two.</exception>
    public static SafeTensorsIndex Parse(byte[] json, ModelInspection inspection)
    {
        MalformedModelException Fault(string code, string why, ModelVerdict verdict = ModelVerdict.Deny) => new(code, verdict, inspection.At("index"), why);
        if (!System.Text.Unicode.Utf8.IsValid(json))
            throw Fault("safetensors-index-json", "the index is not valid UTF-8");
        try
        {
            var parser = new Parser();
            var reader = new Utf8JsonReader(json, StrictJson.Options);
            reader.Read();
            StrictJson.Object(ref reader, "the index", parser.Member);
            while (reader.Read())
                continue;
            if (parser.Tensors is not { } tensors)
                throw new JsonException("it has no weight_map");
            return new SafeTensorsIndex(tensors, parser.TotalSize);
        }
        catch (StrictJson.DuplicateKeyException twice)
        {
            throw Fault("safetensors-index-duplicate", twice.Message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Fault("safetensors-index-json", $"the index is not what it should be: {Printable.Line(e.Message, 160)}");
        }
    }

    private sealed class Parser
    {
        public Dictionary<string, string>? Tensors { get; private set; }

        public long? TotalSize { get; private set; }

        public void Member(string key, ref Utf8JsonReader reader)
        {
            switch (key)
            {
                case "weight_map":
                    Tensors = new(StringComparer.Ordinal);
                    StrictJson.Object(ref reader, key, (string tensor, ref Utf8JsonReader value) =>
                        Tensors.Add(tensor, StrictJson.Text(ref value, "a value of weight_map")));
                    break;
                case "metadata":
                    StrictJson.Object(ref reader, key, Metadata);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        private void Metadata(string key, ref Utf8JsonReader reader)
        {
            // Some tools write it as a fraction: 1.0e9.
            if (key == "total_size")
                TotalSize = reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out decimal size) && size >= 0
                    && size == decimal.Truncate(size) && size <= long.MaxValue
                    ? (long)size : throw new JsonException("total_size is not a whole number");
            else
                reader.Skip();
        }
    }
}
