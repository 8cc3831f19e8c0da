using System.Text.Json;
using Canary.Commands;
using Canary.Findings;

namespace Canary.Watching;

/// <summary>A file of what was seen, one NDJSON object a line, for `canary replay` and for people who wonder why a rule did not fire.</summary>
/// <remarks>Not redacted: it is what the rules saw. The file is for its owner alone.</remarks>
internal sealed class EventRecord : IDisposable
{
    private readonly StreamWriter _file;

    /// <exception cref="IOException">The file cannot be written.</exception>
    public EventRecord(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _file = new StreamWriter(path, options);
    }

    public void Write(Subject subject) => _file.WriteLine(JsonLine.Of("event", w =>
    {
        w.WriteString("time", subject.Time);
        w.WriteStartObject("logsource");
        w.WriteString("product", subject.Source.Product);
        w.WriteString("category", subject.Source.Category);
        if (subject.Source.Service is { } service)
            w.WriteString("service", service);
        w.WriteEndObject();
        w.WriteString("group", subject.Group);
        w.WriteStartObject("fields");
        foreach (var field in subject.Names)
        {
            if (subject.Get(field) is { IsAbsent: false } value)
                Write(w, field, value);
        }

        w.WriteEndObject();
    }));

    public void Dispose() => _file.Dispose();

    private static void Write(Utf8JsonWriter w, Field field, FieldValue value)
    {
        if (value.List is { } list)
        {
            w.WriteStartArray(field.Name);
            foreach (string item in list)
                w.WriteStringValue(item);
            w.WriteEndArray();
        }
        else if (value.Kind == FieldKind.Number)
        {
            w.WriteNumber(field.Name, value.Number);
        }
        else if (value.Kind == FieldKind.Boolean)
        {
            w.WriteBoolean(field.Name, value.Boolean);
        }
        else
        {
            w.WriteString(field.Name, value.Text);
        }
    }
}
