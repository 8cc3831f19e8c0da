using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Canary.Views;

internal sealed record ReadyLine(string Kind, IReadOnlyList<ReadySensor> Sensors);

internal sealed record ReadySensor(string Name, string? Tier, string? Unavailable, IReadOnlyList<string> Blind, IReadOnlyList<string> Classes);

internal sealed record LostLine(string Kind, string Sensor, string Class, long Count);

internal sealed record NoteLine(string Kind, string Text);

internal sealed record SummaryLine(string Kind, long Alerts, long Findings, long Files, long Packages, long Lost, double Seconds, long Events, int SlowExpressions);

internal sealed record DeliveryLine(string Kind, string Notifier, string Result, string? Detail);

/// <summary>The lines of --json besides the alerts themselves.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadyLine))]
[JsonSerializable(typeof(LostLine))]
[JsonSerializable(typeof(NoteLine))]
[JsonSerializable(typeof(SummaryLine))]
[JsonSerializable(typeof(DeliveryLine))]
internal sealed partial class WatchShapes : JsonSerializerContext
{
    public static readonly WatchShapes Lines = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
