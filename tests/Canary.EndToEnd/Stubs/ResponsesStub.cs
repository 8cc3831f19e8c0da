using System.Net;
using System.Text.Json.Nodes;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Stubs;

/// <summary>A Responses API that streams a script of shell commands through whichever shell tool the client offers, then a closing sentence.</summary>
internal sealed class ResponsesStub(params IReadOnlyList<string> commands) : LoopbackServer
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, string> _outputs = [];

    /// <summary>What the client reported of each command, in order.</summary>
    public IReadOnlyList<string> Outputs
    {
        get
        {
            lock (_gate)
                return [.. _outputs.Values];
        }
    }

    protected override async Task<bool> AnswerAsync(HttpListenerRequest request, string body, HttpListenerResponse response)
    {
        if (request.Url!.AbsolutePath == "/v1/models")
        {
            await WriteJsonAsync(response, """{"object":"list","data":[],"models":[]}""");
            return true;
        }

        if (request.Url.AbsolutePath != "/v1/responses" || request.HttpMethod != "POST")
            return false;

        var message = JsonNode.Parse(body)!;
        var outputs = message["input"]!.AsArray()
            .Where(i => (string?)i!["type"] == "function_call_output")
            .Select(i => i!["output"]!.ToString())
            .ToList();
        lock (_gate)
        {
            for (var i = 0; i < outputs.Count; i++)
                _outputs[i] = outputs[i];
        }

        await StreamAsync(response, Turn(message["tools"]!.AsArray(), outputs.Count));
        return true;
    }

    private IEnumerable<(string Name, string Json)> Turn(JsonArray tools, int step)
    {
        yield return ("response.created", new JsonObject { ["type"] = "response.created", ["response"] = new JsonObject { ["id"] = $"resp_{step}" } }.ToJsonString());
        var item = step < commands.Count
            ? Call(tools, step)
            : new JsonObject
            {
                ["type"] = "message",
                ["id"] = $"msg_{step}",
                ["role"] = "assistant",
                ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = "Done." }),
            };
        yield return ("response.output_item.done", new JsonObject
        {
            ["type"] = "response.output_item.done",
            ["output_index"] = 0,
            ["item"] = item,
        }.ToJsonString());
        yield return ("response.completed", new JsonObject
        {
            ["type"] = "response.completed",
            ["response"] = new JsonObject
            {
                ["id"] = $"resp_{step}",
                ["usage"] = new JsonObject
                {
                    ["input_tokens"] = 1,
                    ["input_tokens_details"] = null,
                    ["output_tokens"] = 1,
                    ["output_tokens_details"] = null,
                    ["total_tokens"] = 2,
                },
            },
        }.ToJsonString());
    }

    /// <summary>Versions differ in the shell tool that they offer; each takes the command in its own way.</summary>
    private JsonObject Call(JsonArray tools, int step)
    {
        var offered = tools.Select(t => (string?)t!["name"]).ToHashSet();
        var command = commands[step];
        var (name, arguments) = offered switch
        {
            _ when offered.Contains("exec_command") => ("exec_command", new JsonObject { ["cmd"] = command, ["yield_time_ms"] = 30000 }),
            _ when offered.Contains("shell_command") => ("shell_command", new JsonObject { ["command"] = command }),
            _ when offered.Contains("shell") => ("shell", new JsonObject { ["command"] = new JsonArray("bash", "-lc", command) }),
            _ => throw new InvalidOperationException($"no shell among the tools offered: {string.Join(", ", offered)}"),
        };
        return new JsonObject
        {
            ["type"] = "function_call",
            ["id"] = $"fc_{step}",
            ["call_id"] = $"call_{step}",
            ["name"] = name,
            ["arguments"] = arguments.ToJsonString(),
        };
    }
}
