using Canary.Advisories;

namespace Canary.Commands;

/// <summary>Fetches an index: over TLS or from this machine, of bounded size and time. What it is worth its signature says.</summary>
internal static class IndexDownload
{
    private const long MostBytes = 256L * 1024 * 1024;
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(5);

    public static async Task<string> ToFileAsync(string url, string directory, CancellationToken cancel)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            throw new InvalidIndexException($"{url}: only https addresses are fetched");
        string file = Path.Combine(directory, "advisories.download");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(MostTime);
        // A redirection could lead anywhere; a mirror says where it is.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(20) };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new InvalidIndexException($"{url}: the server answered {(int)response.StatusCode}");
            await using var content = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            await using var into = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None);
            byte[] buffer = new byte[64 * 1024];
            while (await content.ReadAsync(buffer, deadline.Token).ConfigureAwait(false) is > 0 and int read)
            {
                if (into.Length + read > MostBytes)
                    throw new InvalidIndexException($"{url}: larger than {MostBytes / 1024 / 1024} MiB");
                await into.WriteAsync(buffer.AsMemory(0, read), deadline.Token).ConfigureAwait(false);
            }

            return file;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new InvalidIndexException($"{url}: cannot be fetched: {(e is OperationCanceledException ? $"it took more than {MostTime.TotalMinutes} minutes" : e.Message)}");
        }
    }
}
