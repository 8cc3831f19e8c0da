using Canary.Packages.NuGet;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;

namespace Canary.Registries;

/// <summary>A NuGet V3 feed (https://learn.microsoft.com/nuget/api/overview), asked through NuGet.Protocol.</summary>
/// <remarks>
/// NuGet.Protocol reads JSON with Newtonsoft's reflection unless the switch NuGet.UseSystemTextJsonDeserialization is set; without it
/// PackageMetadataResource fails in the AOT binary («No parameterless constructor defined for MetadataFieldConverter»). Directory.Build.props sets it.
/// </remarks>
public sealed class NuGetRegistry : IRegistry
{
    public static readonly Uri Public = new("https://api.nuget.org/v3/index.json");

    private const string Nonsense = "its answer is not what such a registry answers";
    private const int MostName = 100;
    private const int MostText = 1024;
    private const int MostVersions = 50_000;

    // What a feed shows for a version that its owner has hidden, in place of the day (https://learn.microsoft.com/nuget/api/registration-base-url-resource).
    private const int YearOfUnlisted = 1900;

    private readonly TimeProvider _time;
    private readonly SourceRepository _repository;
    private readonly AsyncLocal<NuGetQuestion?> _current = new();

    /// <param name="scratch">A directory for what the library writes on its way; nothing in it is read again.</param>
    public NuGetRegistry(Uri address, RegistryWire wire, string scratch, TimeProvider time)
    {
        Address = address;
        _time = time;
        PublicHosts = ["api.nuget.org", "www.nuget.org", "nuget.org", address.IdnHost];
        // Those that are needed, by name: all of the library's would bring its plugins along, the second version of the protocol, and Newtonsoft.
        INuGetResourceProvider[] providers =
        [
            new NuGetWire(wire, address, scratch, _current), new ServiceIndexResourceV3Provider(), new RegistrationResourceV3Provider(), new PackageMetadataResourceV3Provider(),
            new HttpFileSystemBasedFindPackageByIdResourceProvider(), new PackageSearchResourceV3Provider(), new ReportAbuseResourceV3Provider(), new PackageDetailsUriResourceV3Provider(),
        ];
        _repository = new SourceRepository(new PackageSource(address.AbsoluteUri) { ProtocolVersion = 3 }, providers.Select(p => new Lazy<INuGetResourceProvider>(p)), FeedType.HttpV3);
    }

    public string Ecosystem => Packages.Ecosystem.NuGet;

    public Uri Address { get; }

    public IReadOnlyList<string> PublicHosts { get; }

    public string NormalName(string name) => name.ToLowerInvariant();

    public string NormalVersion(string version) => NuGetVersion.Normal(version).ToLowerInvariant();

    // Letters of all alphabets: who looks for homoglyphs has to ask for them.
    public bool CanName(string name) => name.Length is > 0 and <= MostName && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '.' or '-') && name.Trim('.').Length > 0;

    public Task<PackageFacts> AskAsync(string name, IReadOnlyCollection<string> versions, CancellationToken cancel) =>
        WithinAsync(stop => AnswerAsync(name, versions, stop), cancel);

    private async Task<PackageFacts> AnswerAsync(string name, IReadOnlyCollection<string> versions, CancellationToken cancel)
    {
        using var cache = new SourceCacheContext { NoCache = true, DirectDownload = true };
        var metadata = await ResourceAsync<PackageMetadataResource>(cancel).ConfigureAwait(false);
        var found = (await metadata.GetMetadataAsync(name, includePrerelease: true, includeUnlisted: true, cache, NullLogger.Instance, cancel).ConfigureAwait(false)).Take(MostVersions).ToList();
        var byVersion = new Dictionary<string, IPackageSearchMetadata>(StringComparer.Ordinal);
        foreach (var version in found)
            byVersion[NormalVersion(version.Identity.Version.ToNormalizedString())] = version;
        // What the one resource does not know the other may: a feed brings its registration up to date some minutes later.
        var others = versions.Count > 0 && versions.All(byVersion.ContainsKey) ? [] : await ListedAsync(name, cache, cancel).ConfigureAwait(false);
        var facts = new Dictionary<string, VersionFacts>(StringComparer.Ordinal);
        foreach (string version in versions)
            facts[version] = byVersion.TryGetValue(version, out var one) ? await OfAsync(one).ConfigureAwait(false) : new VersionFacts(Exists: others.Contains(version));
        var times = found.Select(Published).OfType<DateTimeOffset>().ToList();
        bool exists = found.Count > 0 || others.Count > 0;
        return new PackageFacts(name, _time.GetUtcNow(), exists, facts)
        {
            FirstPublished = times.Count > 0 ? times.Min() : null,
            Owners = exists ? await OwnersAsync(name, cancel).ConfigureAwait(false) : [],
        };
    }

    /// <summary>Every fault of the library as the one that this interface knows.</summary>
    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        using var question = new NuGetQuestion(cancel);
        _current.Value = question;
        try
        {
            return await ask(question.Token).ConfigureAwait(false);
        }
        catch (Exception) when (question.Refused is { } refused)
        {
            throw new RegistryException(refused.Message, refused) { IsOutage = refused.IsOutage };
        }
        catch (Exception e) when (e is not RegistryException && !cancel.IsCancellationRequested)
        {
            // Which exceptions the library has for hostile answers nobody has written down.
            throw new RegistryException(Nonsense, e);
        }
    }

    private async Task<T> ResourceAsync<T>(CancellationToken cancel)
        where T : class, INuGetResource
    {
        try
        {
            return await _repository.GetResourceAsync<T>(cancel).ConfigureAwait(false) ?? throw new RegistryException($"its index names no {typeof(T).Name}") { IsOutage = true };
        }
        catch (Exception e) when (e is not (OperationCanceledException or RegistryException))
        {
            // Without an index there is no sense in asking for the next package.
            throw new RegistryException(Nonsense, e) { IsOutage = true };
        }
    }

    private async Task<HashSet<string>> ListedAsync(string name, SourceCacheContext cache, CancellationToken cancel)
    {
        var resource = await ResourceAsync<FindPackageByIdResource>(cancel).ConfigureAwait(false);
        var versions = await resource.GetAllVersionsAsync(name, cache, NullLogger.Instance, cancel).ConfigureAwait(false);
        return versions is null ? [] : [.. versions.Take(MostVersions).Select(v => NormalVersion(v.ToNormalizedString()))];
    }

    private static async Task<VersionFacts> OfAsync(IPackageSearchMetadata version)
    {
        var deprecation = await version.GetDeprecationMetadataAsync().ConfigureAwait(false);
        return new VersionFacts(Exists: true)
        {
            Published = Published(version),
            Listed = version.IsListed && version.Published?.Year != YearOfUnlisted,
            Deprecated = deprecation is null ? null : Cut(string.Join(", ", deprecation.Reasons ?? []) + (deprecation.Message is { Length: > 0 } message ? ": " + message : "")),
            Alternate = deprecation?.AlternatePackage?.PackageId is { } id ? Cut(id) : null,
            Vulnerabilities = [.. (version.Vulnerabilities ?? []).Take(50).Select(v => new KnownVulnerability(Cut(v.AdvisoryUrl?.ToString() ?? ""), Math.Clamp(v.Severity, 0, 3)))],
        };
    }

    /// <summary>The only resource that knows owners. A feed without it, or that fails in it, is not worse for that.</summary>
    private async Task<IReadOnlyList<string>> OwnersAsync(string name, CancellationToken cancel)
    {
        try
        {
            return await WithinAsync(stop => SearchAsync(name, stop), cancel).ConfigureAwait(false);
        }
        catch (RegistryException)
        {
            return [];
        }
    }

    private async Task<IReadOnlyList<string>> SearchAsync(string name, CancellationToken cancel)
    {
        var search = await ResourceAsync<PackageSearchResource>(cancel).ConfigureAwait(false);
        var found = await search.SearchAsync("packageid:" + name, new SearchFilter(includePrerelease: true), 0, 5, NullLogger.Instance, cancel).ConfigureAwait(false);
        var same = found.FirstOrDefault(p => p.Identity.Id.Equals(name, StringComparison.OrdinalIgnoreCase));
        return [.. (same?.OwnersList ?? []).Take(50).Select(Cut).Order(StringComparer.OrdinalIgnoreCase)];
    }

    private static DateTimeOffset? Published(IPackageSearchMetadata version) => version.Published is { Year: > YearOfUnlisted } at ? at : null;

    private static string Cut(string text) => text.Length <= MostText ? text : text[..MostText];
}
