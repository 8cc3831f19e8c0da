using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Canary.Findings;

namespace Canary.Rules;

/// <summary>Events written as JSON: one object, several in a row, or an array of them.</summary>
public static class EventRecords
{
    private const int MostEvents = 10_000;

    /// <summary>
    /// A flat object of fields and values, with <c>logsource</c>, <c>session</c> and <c>time</c> where they matter; or a line that
    /// Canary wrote, whose <c>subject.fields</c> is the event. Throws <see cref="JsonException"/> for anything else.
    /// </summary>
    public static IReadOnlyList<RecordSubject> Read(string json, LogSource otherwise)
    {
        var events = new List<RecordSubject>();
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(json), new JsonReaderOptions { AllowMultipleValues = true, CommentHandling = JsonCommentHandling.Skip });
        while (reader.Read())
        {
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
                events.AddRange(document.RootElement.EnumerateArray().Take(MostEvents).Select(e => Event(e, otherwise, events.Count)));
            else
                events.Add(Event(document.RootElement, otherwise, events.Count));
            if (events.Count > MostEvents)
                throw new JsonException($"more than {MostEvents} events");
        }

        return events;
    }

    private static RecordSubject Event(JsonElement element, LogSource otherwise, int index)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new JsonException("an event is an object of fields and values");
        var fields = element;
        if (element.TryGetProperty("subject", out var subject) && subject.ValueKind == JsonValueKind.Object && subject.TryGetProperty("fields", out var inner))
            fields = inner;
        var source = otherwise;
        if (element.TryGetProperty("logsource", out var own) && own.ValueKind == JsonValueKind.Object)
            source = new LogSource(Text(own, "product") ?? otherwise.Product, Text(own, "category"), Text(own, "service"));
        // Without times, events follow each other by the second, so that sequences can be explained.
        var time = DateTimeOffset.UnixEpoch.AddSeconds(index);
        if (Text(element, "time") is { } written
            && DateTimeOffset.TryParse(written, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed))
            time = parsed;
        bool isLine = fields.ValueKind == JsonValueKind.Object && !fields.Equals(element);
        return new RecordSubject(
            source,
            fields.EnumerateObject().Where(p => isLine || p.Name is not ("logsource" or "session" or "time"))
                .Select(p => KeyValuePair.Create(p.Name, ValueOf(p.Value))).DistinctBy(p => p.Key),
            time,
            Text(element, "session") ?? "test");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static FieldValue ValueOf(JsonElement value)
    {
        var json = JsonMarshal.GetRawUtf8Value(value);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return RecordValue.Read(ref reader, json);
    }
}
