using System.Text;
using System.Text.Json;
using Canary.Commands;

namespace Canary.Scanning;

/// <summary>One indented JSON object.</summary>
internal static class JsonDocumentText
{
    public static void Write(TextWriter to, Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JsonLine.Encoder }))
        {
            w.WriteStartObject();
            members(w);
            w.WriteEndObject();
        }

        to.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
