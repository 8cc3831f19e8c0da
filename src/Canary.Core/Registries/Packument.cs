namespace Canary.Registries;

/// <summary>Of npm's document about a package what is judged here.</summary>
internal sealed class Packument
{
    public Dictionary<string, PublishedVersion> Versions { get; } = new(StringComparer.Ordinal);

    /// <summary>When each version was published, also of those that are gone.</summary>
    public Dictionary<string, DateTimeOffset> Times { get; } = new(StringComparer.Ordinal);

    public List<string> Maintainers { get; } = [];

    public sealed class PublishedVersion
    {
        public string? Deprecated { get; set; }
        public bool HasInstallScript { get; set; }
        public string? Publisher { get; set; }
        public bool IsTrustedPublisher { get; set; }
        public bool HasAttestations { get; set; }
    }
}
