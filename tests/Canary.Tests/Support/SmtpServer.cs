using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Canary.Tests.Support;

/// <summary>
/// A mail server on loopback that does what a test tells it: real SMTP over a real socket, with the faults that servers have.
/// Self-contained, so that other test projects can link this one file.
/// </summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private readonly SmtpScript _script;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ReceivedMail> _mails = new();
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly Task _accepting;
    private int _connections;
    private int _texts;

    private SmtpServer(SmtpScript script, int port)
    {
        _script = script;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The mails taken with a 250, in order.</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    /// <summary>Every line a client said outside of a mail's text.</summary>
    public IReadOnlyList<string> Commands => [.. _commands];

    /// <param name="port">0 for a free one; a number to come up where an earlier server stood.</param>
    public static SmtpServer Start(SmtpScript? script = null, int port = 0) => new(script ?? new SmtpScript(), port);

    /// <summary>A port of loopback on which nobody listens.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until that many mails are here; fails the test with what was said otherwise.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> WaitForAsync(int count, TimeSpan? limit = null)
    {
        using var late = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(20));
        while (_mails.Count < count)
        {
            if (late.IsCancellationRequested)
                throw new TimeoutException($"{_mails.Count} of {count} mails came. Said: {string.Join(" | ", _commands.TakeLast(40))}");
            await Task.Delay(5, CancellationToken.None);
        }

        return Mails;
    }

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
            Interlocked.Increment(ref _connections);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await new SmtpTalk(_script, client.GetStream(), _mails, _commands, () => Interlocked.Increment(ref _texts), _stop.Token).RunAsync();
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}

/// <summary>How the server behaves. A reply that begins with 4 or 5 is a refusal; null closes the connection without a word.</summary>
public sealed class SmtpScript
{
    public string? Greeting { get; init; } = "220 stub ESMTP";

    public TimeSpan GreetingDelay { get; init; }

    /// <summary>The reply to a command line, by its first word or whole; what it does not name is accepted.</summary>
    public Func<string, string?>? Reply { get; init; }

    /// <summary>The reply to the end of the n-th mail's text, from 1.</summary>
    public Func<int, string?>? AfterText { get; init; }

    /// <summary>Said after the mail was taken and kept: the crash between the server's yes and the client's note of it.</summary>
    public bool DropAfterText { get; init; }

    public SmtpPace Pace { get; init; }

    /// <summary>Offers STARTTLS (or begins with TLS) with this certificate.</summary>
    public X509Certificate2? Certificate { get; init; }

    public bool TlsFromTheStart { get; init; }

    /// <summary>Asks for this login, as <c>user:password</c>.</summary>
    public string? Login { get; init; }
}

public enum SmtpPace
{
    Whole,
    ByLine,
    ByCharacter,
}

/// <param name="Text">As it came over the wire, dots unstuffed, lines with CRLF.</param>
public sealed record ReceivedMail(string From, IReadOnlyList<string> To, string Text, bool Encrypted, DateTimeOffset At)
{
    /// <summary>A header's value, unfolded; null when it is not there.</summary>
    public string? Header(string name)
    {
        string head = Text[..Math.Max(0, Text.IndexOf("\r\n\r\n", StringComparison.Ordinal))].Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal);
        return head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
    }
}

/// <summary>One connection.</summary>
internal sealed class SmtpTalk(
    SmtpScript script, Stream stream, ConcurrentQueue<ReceivedMail> mails, ConcurrentQueue<string> commands, Func<int> count, CancellationToken stop)
{
    private Stream _stream = stream;
    private bool _encrypted;
    private string _from = "";
    private List<string> _to = [];
    private bool _loggedIn;

    public async Task RunAsync()
    {
        if (script.TlsFromTheStart)
            await EncryptAsync();
        await Task.Delay(script.GreetingDelay, stop);
        if (!await SayAsync(script.Greeting))
            return;
        while (await LineAsync() is { } line)
        {
            commands.Enqueue(line);
            if (!await AnswerAsync(line))
                return;
        }
    }

    private async Task<bool> AnswerAsync(string line)
    {
        string verb = line.Split(' ')[0].ToUpperInvariant();
        if (script.Reply is { } reply)
        {
            string? scripted = reply(line);
            if (scripted is null || scripted.Length > 0)
                return await SayAsync(scripted);
        }

        switch (verb)
        {
            case "EHLO" or "HELO":
                return await SayAsync(string.Join("\r\n", Capabilities()));
            case "STARTTLS" when script.Certificate is not null:
                await SayAsync("220 go ahead");
                await EncryptAsync();
                return true;
            case "AUTH":
                return await LogInAsync(line);
            case "MAIL" when script.Login is not null && !_loggedIn:
                return await SayAsync("530 authentication required");
            case "MAIL":
                (_from, _to) = (Between(line), []);
                return await SayAsync("250 ok");
            case "RCPT":
                _to.Add(Between(line));
                return await SayAsync("250 ok");
            case "DATA":
                return await SayAsync("354 end with a dot") && await TextAsync();
            case "QUIT":
                await SayAsync("221 bye");
                return false;
            default:
                return await SayAsync("250 ok");
        }
    }

    private IEnumerable<string> Capabilities()
    {
        var lines = new List<string> { "stub", "8BITMIME" };
        if (script.Certificate is not null && !_encrypted)
            lines.Add("STARTTLS");
        if (script.Login is not null)
            lines.Add("AUTH PLAIN LOGIN");
        return lines.Select((l, i) => (i < lines.Count - 1 ? "250-" : "250 ") + l);
    }

    private async Task<bool> TextAsync()
    {
        var text = new StringBuilder();
        while (await LineAsync() is { } line && line != ".")
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        string? verdict = script.AfterText is { } after ? after(count()) : "250 taken";
        if (verdict is null || verdict.StartsWith('2'))
            mails.Enqueue(new ReceivedMail(_from, _to, text.ToString(), _encrypted, TimeProvider.System.GetUtcNow()));
        return !script.DropAfterText && await SayAsync(verdict);
    }

    private async Task<bool> LogInAsync(string line)
    {
        string[] words = line.Split(' ');
        string user, password;
        if (words[1].Equals("PLAIN", StringComparison.OrdinalIgnoreCase))
        {
            if (words.Length < 3)
                await SayAsync("334 ");
            string[] parts = Decode(words.Length > 2 ? words[2] : await LineAsync() ?? "").Split('\0');
            (user, password) = (parts.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(2) ?? "");
        }
        else
        {
            await SayAsync("334 VXNlcm5hbWU6");
            user = Decode(await LineAsync() ?? "");
            await SayAsync("334 UGFzc3dvcmQ6");
            password = Decode(await LineAsync() ?? "");
        }

        _loggedIn = script.Login == user + ":" + password;
        return await SayAsync(_loggedIn ? "235 welcome" : "535 wrong user or password");
    }

    private async Task EncryptAsync()
    {
        var tls = new SslStream(_stream, false);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = script.Certificate }, stop);
        _stream = tls;
        _encrypted = true;
    }

    private async Task<bool> SayAsync(string? reply)
    {
        if (reply is null)
            return false;
        byte[] bytes = Encoding.Latin1.GetBytes(reply + "\r\n");
        int step = script.Pace switch { SmtpPace.ByCharacter => 1, SmtpPace.ByLine => 0, _ => bytes.Length };
        for (int at = 0; at < bytes.Length;)
        {
            int end = step > 0 ? Math.Min(bytes.Length, at + step) : Array.IndexOf(bytes, (byte)'\n', at) + 1;
            await _stream.WriteAsync(bytes.AsMemory(at, end - at), stop);
            await _stream.FlushAsync(stop);
            at = end;
        }

        return true;
    }

    private async Task<string?> LineAsync()
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (await _stream.ReadAsync(one, stop) == 1)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }

        return null;
    }

    private static string Between(string line) => line.Split('<', '>').ElementAtOrDefault(1) ?? "";

    private static string Decode(string text) => Encoding.UTF8.GetString(Convert.FromBase64String(text));
}
