namespace Canary.Registries;

/// <summary>npm's registry (https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md), or a mirror of it. The short form of its documents has no times, so the long one is read.</summary>
public sealed class NpmRegistry(Uri address, RegistryWire wire, TimeProvider time) : IRegistry
{
    public static readonly Uri Public = new("https://registry.npmjs.org/");

    private const int MostName = 214;

    public string Ecosystem => Packages.Ecosystem.Npm;

    public Uri Address { get; } = address;

    public IReadOnlyList<string> PublicHosts { get; } = ["registry.npmjs.org", "registry.yarnpkg.com", address.IdnHost];

    public string NormalName(string name) => name;

    public string NormalVersion(string version) => version;

    public bool CanName(string name)
    {
        string[] parts = name.Split('/');
        return name.Length <= MostName && (name.StartsWith('@') ? parts.Length == 2 && IsPart(parts[0][1..]) && IsPart(parts[1]) : parts.Length == 1 && IsPart(name));
    }

    public async Task<PackageFacts> AskAsync(string name, IReadOnlyCollection<string> versions, CancellationToken cancel)
    {
        string root = Address.AbsoluteUri.TrimEnd('/');
        var packument = await wire.GetAsync(Address, new Uri($"{root}/{name.Replace("/", "%2f", StringComparison.Ordinal)}"), wire.Limits.MostBytes, PackumentReader.ReadAsync, cancel).ConfigureAwait(false);
        var facts = new Dictionary<string, VersionFacts>(StringComparer.Ordinal);
        foreach (string version in versions)
            facts[version] = packument is null ? new VersionFacts(Exists: false) : Of(packument, version);
        return new PackageFacts(name, time.GetUtcNow(), packument is not null, facts)
        {
            FirstPublished = packument is { Times.Count: > 0 } ? packument.Times.Values.Min() : null,
            Owners = packument?.Maintainers ?? [],
        };
    }

    private static VersionFacts Of(Packument packument, string version)
    {
        DateTimeOffset? published = packument.Times.TryGetValue(version, out var at) ? at : null;
        if (!packument.Versions.TryGetValue(version, out var found))
            return new VersionFacts(Exists: false) { Published = published, WasRemoved = published is not null };
        var before = packument.Versions.Where(v => v.Key != version && packument.Times.TryGetValue(v.Key, out var earlier) && earlier < published).Select(v => v.Value).ToList();
        return new VersionFacts(Exists: true)
        {
            Published = published,
            Deprecated = found.Deprecated,
            HasProvenance = found.HasAttestations,
            PriorHasProvenance = before.Exists(v => v.HasAttestations),
            Publisher = found.Publisher,
            IsFirstOfPublisher = found.Publisher is not null && before.Count > 0 && before.TrueForAll(v => v.Publisher is not null && v.Publisher != found.Publisher),
            IsTrustedPublisher = found.IsTrustedPublisher,
            HasInstallScript = found.HasInstallScript,
        };
    }

    // What npm calls URL-friendly; of old names some have capitals and signs that new ones may not.
    private static bool IsPart(string part) => part.Length > 0 && part is not ("." or "..") && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '!' or '\'' or '(' or ')' or '*');
}
