using System.Text.Json.Nodes;

namespace Canary.EndToEnd.Stubs;

/// <summary>One thing that a scripted model tells its agent to do.</summary>
internal sealed record ToolCall(string Tool, JsonObject Input)
{
    public static ToolCall Bash(string command) =>
        new("Bash", new JsonObject { ["command"] = command, ["description"] = "As the user asked" });

    public static ToolCall Write(string path, string content) =>
        new("Write", new JsonObject { ["file_path"] = path, ["content"] = content });

    public static ToolCall Read(string path) => new("Read", new JsonObject { ["file_path"] = path });

    public static ToolCall Edit(string path, string old, string replacement) =>
        new("Edit", new JsonObject { ["file_path"] = path, ["old_string"] = old, ["new_string"] = replacement });

    public override string ToString() => $"{Tool} {Input["command"] ?? Input["file_path"]}";
}

/// <summary>What an agent reported back of a <see cref="ToolCall"/>.</summary>
internal sealed record ToolResult(ToolCall Call, bool IsError, string Output);
