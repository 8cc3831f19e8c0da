using System.Net;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;

namespace Canary.Registries;

/// <summary>
/// Leads what NuGet.Protocol asks over <see cref="RegistryWire"/>: its own way reads nuget.config and credentials, follows redirects, has
/// no bound on the size of an answer, and waits up to an hour where a server says so.
/// </summary>
internal sealed class NuGetWire(RegistryWire wire, Uri registry, string scratch, AsyncLocal<NuGetQuestion?> current)
    : ResourceProvider(typeof(HttpSourceResource), nameof(NuGetWire), NuGetResourceProviderPositions.First)
{
    public override Task<Tuple<bool, INuGetResource?>> TryCreate(SourceRepository source, CancellationToken token)
    {
        // The library wants to keep pages in files of its own; what is to be kept is kept by RegistryCache.
        var http = new HttpSource(source.PackageSource, () => Task.FromResult<HttpHandlerResource>(new HttpHandlerResourceV3(new HttpClientHandler(), new Line(wire, registry, current))), NullThrottle.Instance)
        {
            HttpCacheDirectory = scratch,
        };
        return Task.FromResult(Tuple.Create<bool, INuGetResource?>(true, new HttpSourceResource(http)));
    }

    private sealed class Line(RegistryWire wire, Uri registry, AsyncLocal<NuGetQuestion?> current) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                byte[]? answer = await wire.GetAsync(registry, request.RequestUri!, wire.Limits.MostHeld, WholeAsync, cancellationToken).ConfigureAwait(false);
                return new HttpResponseMessage(answer is null ? HttpStatusCode.NotFound : HttpStatusCode.OK) { RequestMessage = request, Content = new ByteArrayContent(answer ?? []) };
            }
            catch (RegistryException e)
            {
                current.Value?.Refuse(e);
                throw new HttpRequestException(e.Message, e);
            }
        }

        private static async Task<byte[]> WholeAsync(Stream stream, CancellationToken cancel)
        {
            using var whole = new MemoryStream();
            await stream.CopyToAsync(whole, cancel).ConfigureAwait(false);
            return whole.ToArray();
        }
    }
}

/// <summary>
/// One question on its way through NuGet.Protocol. The wire has tried again already where that helps; the library would do so once more,
/// with seconds between, after every fault, unless it is told to stop.
/// </summary>
internal sealed class NuGetQuestion(CancellationToken cancel) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
    private RegistryException? _refused;

    public CancellationToken Token => _stop.Token;

    public RegistryException? Refused => Volatile.Read(ref _refused);

    public void Refuse(RegistryException reason)
    {
        if (Interlocked.CompareExchange(ref _refused, reason, null) is null)
            _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();
}
