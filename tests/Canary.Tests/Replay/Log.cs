using System.Text;
using System.Text.Json.Nodes;
using Canary.Findings;
using Canary.Replay;
using Canary.Rules;

namespace Canary.Tests.Replay;

/// <summary>Logs to replay, and what is read of them.</summary>
internal static class Log
{
    /// <summary>A Windows event as evtx_dump writes it.</summary>
    /// <param name="data">Fields as <c>Name=value</c>.</param>
    public static string Windows(string channel, int id, params string[] data) => new JsonObject
    {
        ["Event"] = new JsonObject
        {
            ["#attributes"] = new JsonObject { ["xmlns"] = "http://schemas.microsoft.com/win/2004/08/events/event" },
            ["System"] = System(channel, id),
            ["EventData"] = Fields(data),
        },
    }.ToJsonString();

    public static JsonObject System(string channel, int id) => new()
    {
        ["Provider"] = new JsonObject { ["#attributes"] = new JsonObject { ["Name"] = "Some-Provider", ["Guid"] = "11CD958A" } },
        ["EventID"] = id,
        ["Level"] = 4,
        ["TimeCreated"] = new JsonObject { ["#attributes"] = new JsonObject { ["SystemTime"] = "2026-11-23T12:00:00.1234567Z" } },
        ["EventRecordID"] = 7,
        ["Correlation"] = null,
        ["Execution"] = new JsonObject { ["#attributes"] = new JsonObject { ["ProcessID"] = 820, ["ThreadID"] = 4 } },
        ["Channel"] = channel,
        ["Computer"] = "host",
        ["Security"] = new JsonObject { ["#attributes"] = new JsonObject { ["UserID"] = "S-1-5-18" } },
    };

    public static ReplayReader Reader(string text) => Reader(Encoding.UTF8.GetBytes(text));

    public static ReplayReader Reader(byte[] bytes) => new(new Trickle(bytes), LogSourceTable.BuiltIn(), "log");

    public static List<RecordSubject> Events(string text) => Events(Reader(text));

    public static List<RecordSubject> Events(ReplayReader reader)
    {
        var events = new List<RecordSubject>();
        while (reader.Next() is { } subject)
            events.Add(subject);
        return events;
    }

    public static RecordSubject Event(string text) => Events(text).Single();

    public static string? Value(this Subject subject, string field) => subject.Get(Field.Named(field)).ToString();

    private static JsonObject Fields(string[] data)
    {
        var fields = new JsonObject();
        foreach (string item in data)
            fields[item[..item.IndexOf('=', StringComparison.Ordinal)]] = item[(item.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return fields;
    }

    /// <summary>Gives a prime number of bytes at a time, as a slow pipe would: records are cut anywhere.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 65_537));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 65_537)]);
    }
}
