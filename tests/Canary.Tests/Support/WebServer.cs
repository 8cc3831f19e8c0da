using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Canary.Tests.Support;

/// <summary>A web server on loopback that answers as a test tells it: HTTP/1.1 over a real socket, one request a connection.</summary>
public sealed class WebServer : IAsyncDisposable
{
    private readonly Func<string, WebAnswer> _answer;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Task _accepting;
    private int _open;
    private int _mostOpen;

    private WebServer(Func<string, WebAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>What was asked for: path and query, as sent.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>The most requests that were open at the same time.</summary>
    public int MostOpen => Volatile.Read(ref _mostOpen);

    /// <param name="answer">By path and query.</param>
    public static WebServer Start(Func<string, WebAnswer> answer) => new(answer);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        try
        {
            await _accepting;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // closed as asked
        }

        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                string path = (await reader.ReadLineAsync(_stop.Token))?.Split(' ') is [_, var asked, ..] ? asked : "";
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                    // The head ends with an empty line.
                }

                _requests.Enqueue(path);
                int open = Interlocked.Increment(ref _open);
                for (int most = MostOpen; open > most && Interlocked.CompareExchange(ref _mostOpen, open, most) != most; most = MostOpen)
                {
                    // Another one was faster.
                }

                try
                {
                    await WriteAsync(stream, _answer(path));
                }
                finally
                {
                    Interlocked.Decrement(ref _open);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task WriteAsync(NetworkStream stream, WebAnswer answer)
    {
        await Task.Delay(answer.Delay, _stop.Token);
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} x\r\nConnection: close\r\nContent-Type: application/json\r\n");
        foreach (var (name, value) in answer.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (answer.Endless is null)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(answer.Body)}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer.Body), _stop.Token);
        byte[] more = Encoding.UTF8.GetBytes(answer.Endless ?? "");
        while (more.Length > 0)
        {
            await stream.WriteAsync(more, _stop.Token);
            await Task.Delay(answer.Drip, _stop.Token);
        }
    }
}

/// <summary>One answer of a <see cref="WebServer"/>.</summary>
public sealed record WebAnswer(int Status, string Body)
{
    public static readonly WebAnswer NotFound = new(404, "{}");

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Before the first byte.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Comes after the body again and again, with no end.</summary>
    public string? Endless { get; init; }

    /// <summary>Between two of those.</summary>
    public TimeSpan Drip { get; init; }

    public static WebAnswer Of(string body) => new(200, body);
}
