using System.Collections.Frozen;
using System.IO.Enumeration;
using Canary.Text;

namespace Canary.Packages.Integrity;

/// <summary>
/// Looks over the lines of lockfiles for what no package manager writes there by itself: other hosts, checksums that are missing, weak or
/// changed, URLs of other packages. In two passes, whatever the lines say.
/// </summary>
public sealed class LockfileIntegrity
{
    private const int MostHost = 100;

    private static readonly string[] Archives = [".tgz", ".tar.gz", ".tar", ".zip", ".whl", ".nupkg", ".crate", ".gem", ".jar", ".phar"];

    // A manifest asks; the lockfile beside it says what was taken.
    private static readonly string[] Manifests = ["package.json", "Cargo.toml"];

    private readonly RegistryHosts _hosts;
    private readonly IReadOnlyList<string> _internal;
    private readonly List<LockfileAnomaly> _found = [];
    private readonly Dictionary<string, FileFacts> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private LockfileIntegrity(RegistryHosts hosts, IReadOnlyList<string> internalNames) => (_hosts, _internal) = (hosts, internalNames);

    /// <summary>What is wrong, in the order of the packages; one package may have several.</summary>
    /// <param name="internalNames">Globs of names that are private: <c>@acme/*</c>.</param>
    public static IReadOnlyList<LockfileAnomaly> Of(Inventory inventory, RegistryHosts hosts, IReadOnlyList<string>? internalNames = null)
    {
        var integrity = new LockfileIntegrity(hosts, internalNames ?? []);
        integrity.Count(inventory.Packages);
        var versions = new Checksums();
        foreach (var entry in inventory.Packages)
        {
            integrity.Judge(entry);
            if (versions.Add(entry) is { } other)
                integrity.Add(entry, AnomalyKind.DifferentIntegrity, $"{Printable.Line(other.File, MostHost)}:{other.Line} has another checksum for this version");
        }

        return integrity._found;
    }

    /// <summary>First what a file is like as a whole: a host that most of it names is where its packages come from.</summary>
    private void Count(IReadOnlyList<PackageEntry> packages)
    {
        FileFacts? facts = null;
        foreach (var entry in packages)
        {
            if (facts is null || !ReferenceEquals(entry.File, facts.Path) && entry.File != facts.Path)
            {
                if (!_files.TryGetValue(entry.File, out facts))
                    _files[entry.File] = facts = new FileFacts(entry.File);
            }

            if (entry.Requested is { } requested && requested.Contains("://", StringComparison.Ordinal))
                _asked.UnionWith(requested.Split(", ").Select(WithoutFragment));
            if (entry.Origin != PackageOrigin.Registry || !facts.Checks)
                continue;
            facts.Packages++;
            if (entry.Integrity is not null)
            {
                facts.WithIntegrity++;
                if (!Checksum.IsWeak(entry.Integrity))
                    facts.Strong++;
            }

            foreach (var range in entry.Resolved.AsSpan().Split(' '))
            {
                var address = Address.Of(entry.Resolved.AsSpan()[range]);
                if (!address.HasHost || IsExpected(entry, address))
                    continue;
                string host = address.Host.ToString();
                facts.Hosts[host] = facts.Hosts.GetValueOrDefault(host) + 1;
            }
        }
    }

    private void Judge(PackageEntry entry)
    {
        var facts = _files[entry.File];
        if (entry.Origin == PackageOrigin.Registry)
            Checked(entry, facts);
        if (entry.Resolved is not { Length: > 0 } resolved)
            return;
        // Several registries of one section: any of them may have served the package.
        foreach (var range in resolved.AsSpan().Split(' '))
            Place(entry, facts, range.Start.Value == 0 && range.End.Value == resolved.Length ? resolved : resolved[range]);
    }

    private void Checked(PackageEntry entry, FileFacts facts)
    {
        if (entry.Integrity is null)
        {
            // npm and yarn write neither URL nor checksum for what lies inside another package, or was never fetched here.
            if (facts.WithIntegrity > 0 && facts.Checks && (entry.Resolved is not null || !facts.OmitsBoth) && entry.Version is not null)
                Add(entry, AnomalyKind.NoIntegrity, $"no checksum, where {facts.WithIntegrity} others of the file have one");
        }
        else if (facts.Strong > 0 && facts.Checks && entry.Ecosystem != Ecosystem.Packagist && Checksum.IsWeak(entry.Integrity))
        {
            Add(entry, AnomalyKind.WeakIntegrity, $"its checksum is SHA-1 or MD5 alone, where {facts.Strong} others of the file have a better one");
        }
    }

    private void Place(PackageEntry entry, FileFacts facts, string resolved)
    {
        var address = Address.Of(resolved);
        if (!address.HasHost)
        {
            if (entry.Origin == PackageOrigin.Local && !IsManifest(entry) && IsArchive(address.Path))
                Add(entry, AnomalyKind.LocalArchive, "an archive beside the project: whoever changes it changes what is installed, and no registry knows it");
            return;
        }

        if (address.HasSecret)
            Add(entry, AnomalyKind.Credentials, $"the URL holds credentials for {Host(address)}");
        if (IsUnprotected(address))
            Add(entry, AnomalyKind.Unprotected, $"comes from {Host(address)} by {address.Scheme}, which anyone on the way can change");
        if (!IsSuspicious(entry, address))
            Sourced(entry, facts, address, resolved);
        if (entry.Origin == PackageOrigin.Git)
            Pinned(entry, resolved, address);
        else if (entry.Origin != PackageOrigin.Local && ArchiveUrl.Judge(entry, address) is { } other)
            Add(entry, other, other == AnomalyKind.OtherName ? "its URL is that of another package" : "its URL is that of another version");
        if (_internal.Count > 0 && entry.Origin == PackageOrigin.Registry && RegistryHosts.IsPublic(entry.Ecosystem, address.Host) && IsInternal(entry))
            Add(entry, AnomalyKind.InternalName, $"a private name, and {Host(address)}, which is public, served it");
    }

    /// <summary>Hosts from which nobody serves packages; true where one was reported.</summary>
    private bool IsSuspicious(PackageEntry entry, Address address)
    {
        if (_hosts.Expects(entry.Ecosystem, address.Host))
            return false;
        AnomalyKind kind;
        string why;
        if (RegistryHosts.IsAddress(address.Host))
            (kind, why) = (AnomalyKind.AddressHost, $"comes from the address {Host(address)}, and not from a name");
        else if (address.Host.StartsWith("xn--", StringComparison.OrdinalIgnoreCase) || address.Host.Contains(".xn--", StringComparison.OrdinalIgnoreCase) || !System.Text.Ascii.IsValid(address.Host))
            (kind, why) = (AnomalyKind.DeceivingHost, $"comes from {Host(address)}, which has letters of other scripts");
        else if (RegistryHosts.IsDrop(address.Host))
            (kind, why) = (AnomalyKind.DropHost, $"comes from {Host(address)}, where anyone may put anything");
        else
            return false;
        Add(entry, kind, why);
        return true;
    }

    private void Sourced(PackageEntry entry, FileFacts facts, Address address, string resolved)
    {
        // A requirements file, a manifest and an installed package say themselves where they are from; git has no registry.
        if (entry.Origin is PackageOrigin.Git or PackageOrigin.Local || !facts.Checks || !RegistryHosts.Knows(entry.Ecosystem) || IsExpected(entry, address))
            return;
        string host = address.Host.ToString(), shown = Printable.Line(host, MostHost);
        if (entry.Origin == PackageOrigin.Url)
        {
            if (IsForge(address.Host))
                Pinned(entry, resolved, address);
            else if (!_asked.Contains(WithoutFragment(resolved)))
                Add(entry, entry.Ecosystem == Ecosystem.Npm ? AnomalyKind.ForeignHost : AnomalyKind.DirectUrl, $"comes from an URL at {shown}, and from no registry");
        }
        else if (RegistryHosts.IsMirror(entry.Ecosystem, address.Host))
        {
            if (facts.Reported.Add(host))
                Add(entry, AnomalyKind.Mirror, $"{facts.Hosts[host]} packages of the file come from {shown}, a mirror");
        }
        else if (facts.Hosts[host] * 2 > facts.Packages)
        {
            // Most of a file is a private registry, and one line about it is enough.
            if (facts.Reported.Add(host))
                Add(entry, AnomalyKind.OtherRegistry, $"{facts.Hosts[host]} packages of the file come from {shown}, which no settings file of the tree names");
        }
        else
        {
            Add(entry, AnomalyKind.ForeignHost, $"comes from {shown}, which is no registry of {entry.Ecosystem} that is known here, unlike the rest of the file");
        }
    }

    private bool IsExpected(PackageEntry entry, Address address) => _hosts.Expects(entry.Ecosystem, address.Host) || IsCratesIndex(entry, address);

    private static bool IsForge(ReadOnlySpan<char> host) => host is "github.com" or "gitlab.com" or "bitbucket.org" or "codeberg.org" or "codeload.github.com";

    private static string WithoutFragment(string url) => url.IndexOf('#') is >= 0 and int at ? url[..at] : url;

    private void Pinned(PackageEntry entry, string resolved, Address address)
    {
        if (IsManifest(entry))
            return;
        string reference = ArchiveUrl.GitReference(resolved, address);
        // Swift's lockfile has the commit beside the URL; bun writes the beginning only, and keeps the archive that it stands for.
        if (ArchiveUrl.IsCommit(reference) || ArchiveUrl.IsCommit(entry.Integrity) || ArchiveUrl.IsHex(reference) && entry.File.EndsWith("bun.lock", StringComparison.Ordinal))
            return;
        string why = reference.Length == 0 ? "from git, without a commit: what is installed is whatever is newest then"
            : ArchiveUrl.IsHex(reference) && reference.Length >= 7 ? "from git, by the beginning of a commit only: another may be made that begins so"
            : "from git, by a branch or tag, which can be moved";
        Add(entry, AnomalyKind.MovingGit, why);
    }

    private bool IsInternal(PackageEntry entry)
    {
        foreach (string glob in _internal)
        {
            if (FileSystemName.MatchesSimpleExpression(glob, entry.Name))
                return true;
        }

        return false;
    }

    private static bool IsUnprotected(Address address) =>
        (Address.Is(address.Scheme, "http") || Address.Is(address.Scheme, "git") || Address.Is(address.Scheme, "ftp") || Address.Is(address.Scheme, "svn")) && !IsLoopback(address.Host);

    private static bool IsLoopback(ReadOnlySpan<char> host) => Address.Is(host, "localhost") || host.StartsWith("127.") || host is "[::1]";

    // Cargo names its registry by the repository that its index was in once.
    private static bool IsCratesIndex(PackageEntry entry, Address address) =>
        entry.Ecosystem == Ecosystem.Crates && Address.Is(address.Host, "github.com") && address.Path.TrimEnd('/') is "/rust-lang/crates.io-index";

    private static bool IsArchive(ReadOnlySpan<char> path)
    {
        foreach (string ending in Archives)
        {
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool IsManifest(PackageEntry entry)
    {
        foreach (string name in Manifests)
        {
            if (entry.File.EndsWith(name, StringComparison.Ordinal) && (entry.File.Length == name.Length || entry.File[^(name.Length + 1)] == '/'))
                return true;
        }

        return false;
    }

    private static string Host(Address address) => Printable.Line(address.Host.ToString(), MostHost);

    private void Add(PackageEntry entry, AnomalyKind kind, string why) => _found.Add(new LockfileAnomaly(entry, kind, why));

    /// <summary>What the entries of one file have in common.</summary>
    private sealed class FileFacts
    {
        // Written by programs that give each package a place and a checksum, where they give any.
        private static readonly FrozenSet<string> Lockfiles = FrozenSet.ToFrozenSet(
        [
            "package-lock.json", "npm-shrinkwrap.json", ".package-lock.json", "yarn.lock", "pnpm-lock.yaml", "lock.yaml", "bun.lock", "deno.lock", "Cargo.lock", "poetry.lock", "uv.lock",
            "pylock.toml", "Pipfile.lock", "pdm.lock", "Gemfile.lock", "gems.locked", "composer.lock", "pubspec.lock",
        ]);

        public FileFacts(string path)
        {
            Path = path;
            string name = path[(path.LastIndexOf('/') + 1)..];
            Checks = Lockfiles.Contains(name) || name.EndsWith(".lock.json", StringComparison.OrdinalIgnoreCase) || name.StartsWith("pylock.", StringComparison.Ordinal);
            OmitsBoth = name is "package-lock.json" or "npm-shrinkwrap.json" or ".package-lock.json" or "yarn.lock";
        }

        public string Path { get; }

        /// <summary>A lockfile.</summary>
        public bool Checks { get; }

        /// <summary>Its package manager leaves out both, the place and the checksum, for what lies inside another package.</summary>
        public bool OmitsBoth { get; }

        public int WithIntegrity { get; set; }

        public int Strong { get; set; }

        /// <summary>From a registry, whether the file says from which or not.</summary>
        public int Packages { get; set; }

        /// <summary>How many packages come from each host that is not expected.</summary>
        public Dictionary<string, int> Hosts { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>Hosts of which one line tells for all.</summary>
        public HashSet<string> Reported { get; } = new(StringComparer.OrdinalIgnoreCase);
    }
}
