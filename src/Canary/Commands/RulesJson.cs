using System.Text;
using System.Text.Json;

namespace Canary.Commands;

/// <summary>The NDJSON lines of the <c>rules</c> commands.</summary>
internal static class RulesJson
{
    public static string Line(string kind, Action<Utf8JsonWriter> fields)
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

    public static string Summary(RulesSelection selection, int? passed, int? failed) => Line("summary", w =>
    {
        w.WriteNumber("files", selection.Files);
        w.WriteNumber("rules", selection.Chosen.Count);
        w.WriteNumber("refused", selection.Load.Refused);
        w.WriteNumber("unsupported", selection.Load.Unsupported);
        if (passed is { } p)
            w.WriteNumber("passed", p);
        if (failed is { } f)
            w.WriteNumber("failed", f);
    });
}
