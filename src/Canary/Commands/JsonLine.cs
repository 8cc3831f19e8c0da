using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Canary.Commands;

/// <summary>One line of NDJSON, <c>kind</c> first.</summary>
internal static class JsonLine
{
    /// <summary>As the default one, and no <c>#</c>: log readers of CI systems obey <c>##vso[…]</c> and <c>##[…]</c> wherever they stand in a line.</summary>
    public static readonly JavaScriptEncoder Encoder = WithoutHash();

    public static string Of(string kind, Action<Utf8JsonWriter> fields)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            fields(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static JavaScriptEncoder WithoutHash()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.BasicLatin);
        settings.ForbidCharacter('#');
        return JavaScriptEncoder.Create(settings);
    }
}
