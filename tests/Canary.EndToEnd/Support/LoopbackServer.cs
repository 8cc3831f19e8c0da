using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Canary.EndToEnd.Support;

/// <summary>An HTTP server on a free loopback port, whose requests a test scripts and counts.</summary>
internal abstract class LoopbackServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Lock _gate = new();
    private readonly List<string> _unknown = [];
    private readonly Task _loop;

    protected LoopbackServer()
    {
        Port = FreePort();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _loop = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Requests that the server had no answer for, as <c>METHOD path</c>.</summary>
    public IReadOnlyList<string> Unknown
    {
        get
        {
            lock (_gate)
                return [.. _unknown];
        }
    }

    /// <summary>A port that nobody listens on now. Another process may take it before its use; the tests run one at a time.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Answers one request; false when it is not one that this server knows.</summary>
    protected abstract Task<bool> AnswerAsync(HttpListenerRequest request, string body, HttpListenerResponse response);

    protected static async Task WriteAsync(HttpListenerResponse response, string contentType, ReadOnlyMemory<byte> body)
    {
        response.ContentType = contentType;
        response.ContentLength64 = body.Length;
        await response.OutputStream.WriteAsync(body);
    }

    protected static Task WriteJsonAsync(HttpListenerResponse response, string json) =>
        WriteAsync(response, "application/json", Encoding.UTF8.GetBytes(json));

    /// <summary>Sends server-sent events one by one, each flushed, as a model server streams them.</summary>
    protected static async Task StreamAsync(HttpListenerResponse response, IEnumerable<(string Name, string Json)> events)
    {
        response.ContentType = "text/event-stream";
        response.SendChunked = true;
        foreach (var (name, json) in events)
        {
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($"event: {name}\ndata: {json}\n\n"));
            await response.OutputStream.FlushAsync();
        }
    }

    private async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => ServeAsync(context));
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            if (!await AnswerAsync(context.Request, body, context.Response))
            {
                lock (_gate)
                    _unknown.Add($"{context.Request.HttpMethod} {context.Request.Url?.AbsolutePath}");
                context.Response.StatusCode = 404;
                await WriteJsonAsync(context.Response, """{"error":{"type":"not_found_error","message":"the stub has no such path"}}""");
            }

            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The client went away: its own exit code tells the test
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _loop;
    }
}
