using System.Text.Json;
using System.Text.Json.Serialization;

namespace Canary.Watching;

/// <summary>What is written down of a run while it lasts, so that the next one can tell what was not watched in between.</summary>
/// <param name="Owner">The command: <c>daemon</c>, <c>watch</c>.</param>
/// <param name="Boot">Which start of the system it belongs to; null where that is not known.</param>
/// <param name="Beat">The last moment at which it watched, by the wall clock.</param>
/// <param name="BeatNs">The same in nanoseconds since that start of the system.</param>
/// <param name="IsEnded">It ended because it was asked to.</param>
internal sealed record RunNote(int Version, string Owner, int Pid, DateTimeOffset Started, string? Boot, DateTimeOffset Beat, long BeatNs, bool IsEnded)
{
    public const int Latest = 1;

    public string Write() => JsonSerializer.Serialize(this, RunShapes.Default.RunNote);

    /// <summary>Null when it is none: cut short, zeroed, or another's.</summary>
    public static RunNote? Read(string text)
    {
        try
        {
            var note = JsonSerializer.Deserialize(text, RunShapes.Default.RunNote);
            return note is { Version: >= 1, Owner: not null } && note.Started != default && note.Beat != default ? note : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunNote))]
internal sealed partial class RunShapes : JsonSerializerContext;
