using System.Text;
using System.Text.Json;

namespace Canary.Commands;

/// <summary>One line of NDJSON, <c>kind</c> first.</summary>
internal static class JsonLine
{
    public static string Of(string kind, Action<Utf8JsonWriter> fields)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            fields(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
