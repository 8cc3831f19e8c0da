using System.Net;
using System.Text.Json.Nodes;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Stubs;

/// <summary>
/// A Messages API that streams a script: one tool call a turn, then a closing sentence. It keeps no state: how far a conversation is
/// can be read from the tool results that the client sends along, so retries and parallel side requests do no harm.
/// </summary>
internal sealed class AnthropicStub(params IReadOnlyList<ToolCall> script) : LoopbackServer
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, ToolResult> _results = [];

    /// <summary>What the agent reported of each step, in order.</summary>
    public IReadOnlyList<ToolResult> Results
    {
        get
        {
            lock (_gate)
                return [.. _results.Values];
        }
    }

    protected override async Task<bool> AnswerAsync(HttpListenerRequest request, string body, HttpListenerResponse response)
    {
        var path = request.Url!.AbsolutePath;
        if (request.HttpMethod == "HEAD" || path is "/")
        {
            await WriteJsonAsync(response, "");
            return true;
        }

        if (path == "/v1/messages/count_tokens")
        {
            await WriteJsonAsync(response, """{"input_tokens":10}""");
            return true;
        }

        if (path != "/v1/messages")
            return false;

        var message = JsonNode.Parse(body)!;
        var offersTools = message["tools"]?.AsArray().Any(t => (string?)t!["name"] == "Bash") == true;
        var step = offersTools ? Record(message) : script.Count;
        await StreamAsync(response, Turn((string?)message["model"] ?? "stub", step));
        return true;
    }

    /// <summary>Notes the results that the conversation holds and answers how many steps are done.</summary>
    private int Record(JsonNode message)
    {
        var done = 0;
        foreach (var block in message["messages"]!.AsArray().SelectMany(m => m!["content"] as JsonArray ?? []))
        {
            if ((string?)block!["type"] != "tool_result" || done >= script.Count)
                continue;

            var output = block["content"] is JsonArray parts
                ? string.Concat(parts.Select(p => (string?)p!["text"]))
                : (string?)block["content"] ?? "";
            lock (_gate)
                _results[done] = new ToolResult(script[done], (bool?)block["is_error"] ?? false, output);
            done++;
        }

        return done;
    }

    private IEnumerable<(string Name, string Json)> Turn(string model, int step)
    {
        var call = step < script.Count ? script[step] : null;
        yield return ("message_start", new JsonObject
        {
            ["type"] = "message_start",
            ["message"] = new JsonObject
            {
                ["id"] = $"msg_{step}",
                ["type"] = "message",
                ["role"] = "assistant",
                ["model"] = model,
                ["content"] = new JsonArray(),
                ["stop_reason"] = null,
                ["stop_sequence"] = null,
                ["usage"] = new JsonObject { ["input_tokens"] = 10, ["output_tokens"] = 1 },
            },
        }.ToJsonString());
        yield return ("content_block_start", new JsonObject
        {
            ["type"] = "content_block_start",
            ["index"] = 0,
            ["content_block"] = call is null
                ? new JsonObject { ["type"] = "text", ["text"] = "" }
                : new JsonObject { ["type"] = "tool_use", ["id"] = $"toolu_{step:D4}", ["name"] = call.Tool, ["input"] = new JsonObject() },
        }.ToJsonString());
        yield return ("content_block_delta", new JsonObject
        {
            ["type"] = "content_block_delta",
            ["index"] = 0,
            ["delta"] = call is null
                ? new JsonObject { ["type"] = "text_delta", ["text"] = "Done." }
                : new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = call.Input.ToJsonString() },
        }.ToJsonString());
        yield return ("content_block_stop", """{"type":"content_block_stop","index":0}""");
        yield return ("message_delta", new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = call is null ? "end_turn" : "tool_use", ["stop_sequence"] = null },
            ["usage"] = new JsonObject { ["output_tokens"] = 5 },
        }.ToJsonString());
        yield return ("message_stop", """{"type":"message_stop"}""");
    }
}
