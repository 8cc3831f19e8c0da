using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Canary.Text;

namespace Canary.Registries;

/// <summary>
/// The one way to a registry: over TLS or on this machine, to its own hosts, without credentials and cookies, of bounded size and time,
/// tried again where that may help. For several threads.
/// </summary>
public sealed class RegistryWire : IDisposable
{
    private const int MostRedirects = 3;

    private readonly RegistryLimits _limits;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    // A registry that asks for patience asks all who are in line.
    private long _notBefore;

    public RegistryWire(RegistryLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = limits.Request,
            MaxConnectionsPerServer = limits.Parallel,
            MaxResponseHeadersLength = 64,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("canary", null));
    }

    public RegistryLimits Limits => _limits;

    public void Dispose() => _client.Dispose();

    /// <summary>Asks, and hands the answer to <paramref name="read"/>. Null for 404. Throws <see cref="RegistryException"/>.</summary>
    /// <param name="registry">Answers may come from its host, and from others of the same domain.</param>
    /// <param name="most">The largest answer, in bytes.</param>
    public async Task<T?> GetAsync<T>(Uri registry, Uri address, long most, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancel)
        where T : class
    {
        int redirects = 0;
        for (int tried = 1; ; tried++)
        {
            Check(registry, address);
            await WaitAsync(cancel).ConfigureAwait(false);
            string fault;
            TimeSpan? wanted = null;
            using var late = new CancellationTokenSource(_limits.Request, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Accept.ParseAdd("application/json");
                using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
                int code = (int)response.StatusCode;
                if (code == 404)
                    return null;
                if (code is >= 300 and < 400)
                {
                    address = Redirected(registry, address, response, ++redirects);
                    tried--;
                    continue;
                }

                if (response.IsSuccessStatusCode)
                    return await AnswerAsync(response, most, read, both.Token).ConfigureAwait(false);
                fault = $"it answered {code}";
                if (code is not (408 or 429 or 500 or 502 or 503 or 504))
                    throw new RegistryException(fault);
                wanted = Wanted(response.Headers.RetryAfter);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                fault = $"it gave no whole answer within {Duration.Write(_limits.Request)}";
            }
            catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
            {
                fault = Printable.Line(e.Message, 200);
            }

            if (tried >= _limits.Tries)
                throw new RegistryException(fault) { IsOutage = true };
            if (wanted > _limits.LongestPause)
                throw new RegistryException($"{fault} and asks to be left alone for {(long)wanted.Value.TotalSeconds} s") { IsOutage = true };
            var pause = wanted ?? _limits.FirstPause * Math.Pow(2, tried - 1) * (1 + (Random.Shared.NextDouble() / 4));
            Postpone(wanted is null ? TimeSpan.Zero : pause);
            await Task.Delay(pause, _time, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<T> AnswerAsync<T>(HttpResponseMessage response, long most, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentLength > most)
            throw BoundedStream.TooLarge(most);
        try
        {
            await using var body = new BoundedStream(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), most);
            return await read(body, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new RegistryException("its answer is not what such a registry answers", e);
        }
    }

    // A registry may name addresses, in redirects and in indexes; one that was taken over must not send names anywhere else.
    private void Check(Uri registry, Uri address)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && (address.IsLoopback || _limits.AllowPlain)))
            throw new RegistryException($"{Place(address)} is no https address");
        if (address.UserInfo.Length > 0)
            throw new RegistryException("its address carries a password");
        if (!IsOf(registry, address))
            throw new RegistryException($"it sends on to another host, {Place(address)}");
    }

    private static bool IsOf(Uri registry, Uri address)
    {
        if (address.IdnHost.Equals(registry.IdnHost, StringComparison.OrdinalIgnoreCase))
            return address.Port == registry.Port || !registry.IsLoopback;
        // api.nuget.org names azuresearch-usnc.nuget.org; com and co.uk are nobody's.
        if (registry.HostNameType != UriHostNameType.Dns)
            return false;
        string[] labels = registry.IdnHost.Split('.');
        return labels.Length == 3 && labels[1].Length > 3 && address.IdnHost.EndsWith($".{labels[1]}.{labels[2]}", StringComparison.OrdinalIgnoreCase);
    }

    private static Uri Redirected(Uri registry, Uri address, HttpResponseMessage response, int redirects)
    {
        if (response.Headers.Location is not { } to || !Uri.TryCreate(address, to, out var next))
            throw new RegistryException($"it answered {(int)response.StatusCode}");
        if (!IsOf(registry, next))
            throw new RegistryException($"it sends on to another host, {Place(next)}");
        return redirects <= MostRedirects ? next : throw new RegistryException($"it sends on more than {MostRedirects} times");
    }

    private static string Place(Uri address) => Printable.Line(address.GetLeftPart(UriPartial.Authority), 200);

    private TimeSpan? Wanted(RetryConditionHeaderValue? after) =>
        after?.Delta is { } span ? span : after?.Date is { } at ? TimeSpan.FromTicks(Math.Max(0, (at - _time.GetUtcNow()).Ticks)) : null;

    private void Postpone(TimeSpan pause)
    {
        long until = (_time.GetUtcNow() + pause).UtcTicks;
        if (pause > TimeSpan.Zero && until > Interlocked.Read(ref _notBefore))
            Interlocked.Exchange(ref _notBefore, until);
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        long left = Interlocked.Read(ref _notBefore) - _time.GetUtcNow().UtcTicks;
        if (left > 0)
            await Task.Delay(TimeSpan.FromTicks(Math.Min(left, _limits.LongestPause.Ticks)), _time, cancel).ConfigureAwait(false);
    }
}
