using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Canary.Alerts;

/// <summary>The JSON of alerts: stored, streamed and read back.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(Alert))]
internal sealed partial class AlertShapes : JsonSerializerContext;

public static class AlertJson
{
    // Relaxed: a command line stays readable. No HTML is made of it, and control characters are escaped all the same.
    private static readonly AlertShapes Shapes = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTime() },
    });

    /// <summary>One line without its end.</summary>
    public static string Write(Alert alert) => JsonSerializer.Serialize(alert, Shapes.Alert);

    /// <summary>Null when the text is not an alert.</summary>
    public static Alert? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Shapes.Alert);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>RFC 3339 in UTC, always with milliseconds.</summary>
    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private sealed class UtcTime : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(AlertJson.Write(value));
    }
}
