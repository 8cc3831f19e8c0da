using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Canary.EndToEnd.Stubs;

/// <summary>Where stolen things are sent to in the tests: takes any HTTP request and notes when its first byte arrived.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly List<Received> _requests = [];
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Task _loop;
    private int _taken;

    public Receiver()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public IReadOnlyList<Received> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    /// <summary>The next request that nobody has waited for yet.</summary>
    public async Task<Received> NextAsync(TimeSpan timeout)
    {
        if (!await _arrived.WaitAsync(timeout))
            throw new TimeoutException($"nothing was sent to the receiver within {timeout.TotalSeconds:0.#} s");
        lock (_gate)
            return _requests[_taken++];
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => ServeAsync(socket));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var buffer = new byte[256 * 1024];
                var length = await socket.ReceiveAsync(buffer);
                var (at, time) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());
                while (length < buffer.Length && !IsComplete(Encoding.Latin1.GetString(buffer, 0, length)))
                {
                    var more = await socket.ReceiveAsync(buffer.AsMemory(length));
                    if (more == 0)
                        break;
                    length += more;
                }

                lock (_gate)
                    _requests.Add(new Received(at, time, Encoding.Latin1.GetString(buffer, 0, length)));
                _arrived.Release();
                await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"u8.ToArray());
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The sender went away: what arrived is noted
            }
        }
    }

    private static bool IsComplete(string request)
    {
        var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (head < 0)
            return false;

        const string name = "content-length:";
        var at = request.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (at < 0 || at > head)
            return true;

        var length = int.Parse(request.AsSpan(at + name.Length, request.IndexOf('\r', at) - at - name.Length), System.Globalization.CultureInfo.InvariantCulture);
        return request.Length >= head + 4 + length;
    }

    public void Dispose()
    {
        _listener.Stop();
        _loop.Wait();
        _arrived.Dispose();
    }
}

/// <param name="At">Stopwatch ticks at the first byte.</param>
/// <param name="Time">The same by the wall clock.</param>
internal sealed record Received(long At, DateTimeOffset Time, string Text);
