using System.Text.Json;

namespace Canary.EndToEnd.Support;

/// <summary>One line of NDJSON.</summary>
/// <param name="At">Stopwatch ticks at which it was read.</param>
internal sealed record SeenLine(long At, JsonElement Json)
{
    public string? Kind => Json.GetProperty("kind").GetString();
}

/// <summary>An alert by the contract's shape.</summary>
internal sealed record SeenAlert(SeenLine Line)
{
    private static readonly string[] LevelWords = ["informational", "low", "medium", "high", "critical"];

    public JsonElement Json => Line.Json;

    public long At => Line.At;

    public string Id => Text("id");

    public string Title => Text("rule", "title");

    /// <summary>0 for informational … 4 for critical.</summary>
    public int Level => Array.IndexOf(LevelWords, Text("rule", "level"));

    public bool IsMediumOrAbove => Level >= 2;

    public bool IsHighOrAbove => Level >= 3;

    public string Agent => Text("agent", "name");

    public string Session => Text("agent", "session");

    public string Image => Text("process", "image");

    public string CommandLine => Text("process", "command_line");

    public int Pid => Json.TryGetProperty("process", out var p) && p.ValueKind == JsonValueKind.Object ? p.GetProperty("pid").GetInt32() : 0;

    /// <summary>The images above the process, nearest first.</summary>
    public IReadOnlyList<string> Ancestors => [.. Chain().Select(a => a.GetProperty("image").GetString()!)];

    /// <summary>The sessions around a nested one, as <c>name/session</c>, nearest first.</summary>
    public IReadOnlyList<string> Outer => [.. Json.GetProperty("agent").GetProperty("outer").EnumerateArray().Select(o => o.GetString()!)];

    public IReadOnlyList<int> AncestorPids => [.. Chain().Select(a => a.GetProperty("pid").GetInt32())];

    /// <summary>True when the alert itself, or an event that it joined, names the text.</summary>
    public bool Mentions(string text) => Json.GetRawText().Contains(text, StringComparison.Ordinal);

    /// <summary>True when something below this test did it, or in its world; false for what else goes on on the machine.</summary>
    public bool IsOf(World world) => Pid == 0 || AncestorPids.Contains(Environment.ProcessId) || Mentions(world.Home);

    public override string ToString() => $"{Text("rule", "level")} «{Title}» {Agent}/{Session} {Image} {CommandLine} {Text("subject", "identity")}";

    private string Text(params string[] path)
    {
        var at = Json;
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return "";
        }

        return at.ValueKind == JsonValueKind.String ? at.GetString()! : "";
    }

    private JsonElement.ArrayEnumerator Chain() =>
        Json.TryGetProperty("process", out var p) && p.ValueKind == JsonValueKind.Object && p.TryGetProperty("ancestors", out var a) ? a.EnumerateArray() : default;
}
