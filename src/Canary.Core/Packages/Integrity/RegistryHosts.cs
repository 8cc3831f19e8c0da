using System.Collections.Frozen;

namespace Canary.Packages.Integrity;

/// <summary>Which hosts packages of an ecosystem come from. For several threads.</summary>
public sealed class RegistryHosts
{
    // From the documentation of the registries; those of yarn and of Deno are other names of npm's own.
    private static readonly FrozenDictionary<string, string[]> Public = new Dictionary<string, string[]>
    {
        [Ecosystem.Npm] = ["registry.npmjs.org", "registry.yarnpkg.com", "npm.jsr.io"],
        [Ecosystem.PyPI] = ["pypi.org", "files.pythonhosted.org", "pypi.python.org"],
        [Ecosystem.NuGet] = ["api.nuget.org", "www.nuget.org", "nuget.org", "globalcdn.nuget.org"],
        [Ecosystem.Crates] = ["index.crates.io", "static.crates.io", "crates.io"],
        [Ecosystem.RubyGems] = ["rubygems.org", "index.rubygems.org"],
        // Packagist has no archives of its own: each comes from its author's forge.
        [Ecosystem.Packagist] = ["packagist.org", "repo.packagist.org", "api.github.com", "codeload.github.com", "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "packages.drupal.org", "git.drupalcode.org", "ftp.drupal.org", "downloads.wordpress.org"],
        [Ecosystem.Hex] = ["hex.pm", "repo.hex.pm"],
        [Ecosystem.Pub] = ["pub.dev", "pub.dartlang.org"],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string[]> Mirrors = new Dictionary<string, string[]>
    {
        [Ecosystem.Npm] = ["npm.pkg.github.com", "registry.npmmirror.com", "cdn.npmmirror.com", "registry.npm.taobao.org", "registry.nlark.com", "r.cnpmjs.org", "registry.cnpmjs.org", "mirrors.cloud.tencent.com", "mirrors.tencent.com", "mirrors.huaweicloud.com", "repo.huaweicloud.com", "skimdb.npmjs.com"],
        [Ecosystem.PyPI] = ["download.pytorch.org", "pypi.nvidia.com", "pypi.tuna.tsinghua.edu.cn", "mirrors.tuna.tsinghua.edu.cn", "mirrors.aliyun.com", "mirrors.cloud.tencent.com", "pypi.doubanio.com", "pypi.douban.com", "pypi.mirrors.ustc.edu.cn", "repo.huaweicloud.com", "www.piwheels.org", "test.pypi.org"],
        [Ecosystem.NuGet] = ["nuget.cdn.azure.cn", "mirrors.cloud.tencent.com", "repo.huaweicloud.com", "pkgs.dev.azure.com"],
        [Ecosystem.Crates] = ["rsproxy.cn", "mirrors.tuna.tsinghua.edu.cn", "mirrors.ustc.edu.cn", "mirror.sjtu.edu.cn"],
        [Ecosystem.RubyGems] = ["gems.ruby-china.com", "mirrors.tuna.tsinghua.edu.cn", "mirrors.aliyun.com", "rails-assets.org"],
        [Ecosystem.Packagist] = ["mirrors.aliyun.com", "mirrors.cloud.tencent.com", "repo.huaweicloud.com", "packagist.phpcomposer.com"],
        [Ecosystem.Pub] = ["pub.flutter-io.cn", "mirrors.tuna.tsinghua.edu.cn"],
    }.ToFrozenDictionary();

    // Whoever has no server of their own puts a payload here. Each stands for its subdomains, too.
    private static readonly FrozenSet<string> Drops = FrozenSet.ToFrozenSet(
        [
            "gist.github.com", "gist.githubusercontent.com", "raw.githubusercontent.com", "pastebin.com", "paste.ee", "hastebin.com", "rentry.co", "termbin.com", "ix.io", "sprunge.us", "controlc.com",
            "transfer.sh", "file.io", "0x0.st", "temp.sh", "bashupload.com", "catbox.moe", "anonfiles.com", "mediafire.com", "mega.nz", "dropbox.com", "dropboxusercontent.com", "drive.google.com",
            "cdn.discordapp.com", "media.discordapp.net", "discord.com", "telegram.org", "ngrok.io", "ngrok.app", "ngrok-free.app", "ngrok-free.dev", "trycloudflare.com", "loca.lt", "serveo.net", "localhost.run",
            "webhook.site", "pipedream.net", "requestbin.net", "interact.sh", "oast.fun", "oast.pro", "oast.live", "oast.site", "oast.me", "burpcollaborator.net", "oastify.com", "glitch.me", "surge.sh",
        ], StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, FrozenSet<string>> _expected = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _wildcards = new(StringComparer.Ordinal);

    /// <param name="allowed">Hosts by ecosystem, as canary.yml names them; <c>*.example.org</c> stands for what is below it.</param>
    /// <param name="sources">What settings files of the tree name.</param>
    public RegistryHosts(IReadOnlyDictionary<string, IReadOnlyList<string>>? allowed = null, IEnumerable<Sources.PackageSource>? sources = null)
    {
        var hosts = Public.ToDictionary(p => p.Key, p => new HashSet<string>(p.Value, StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);
        foreach (var (ecosystem, names) in allowed ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            foreach (string name in names)
                Add(ecosystem, name);
        }

        foreach (var source in sources ?? [])
        {
            var address = Address.Of(source.Url);
            // A settings file that names a tunnel or a paste does not make it a registry.
            if (address.HasHost && !IsDrop(address.Host) && !IsAddress(address.Host))
                Add(source.Ecosystem, address.Host.ToString());
        }

        foreach (var (ecosystem, names) in hosts)
            _expected[ecosystem] = names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

        void Add(string ecosystem, string host)
        {
            if (host.StartsWith("*.", StringComparison.Ordinal))
            {
                if (!_wildcards.TryGetValue(ecosystem, out var below))
                    _wildcards[ecosystem] = below = [];
                below.Add(host[1..]);
                return;
            }

            if (!hosts.TryGetValue(ecosystem, out var known))
                hosts[ecosystem] = known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            known.Add(host);
        }
    }

    /// <summary>Whether the registries of an ecosystem are known at all.</summary>
    public static bool Knows(string ecosystem) => Public.ContainsKey(ecosystem);

    public static bool IsPublic(string ecosystem, ReadOnlySpan<char> host) => Public.TryGetValue(ecosystem, out var hosts) && IsOneOf(hosts, host);

    public static bool IsMirror(string ecosystem, ReadOnlySpan<char> host) => Mirrors.TryGetValue(ecosystem, out var hosts) && IsOneOf(hosts, host);

    /// <summary>A host that serves what anyone puts there.</summary>
    public static bool IsDrop(ReadOnlySpan<char> host)
    {
        var drops = Drops.GetAlternateLookup<ReadOnlySpan<char>>();
        while (!host.IsEmpty)
        {
            if (drops.Contains(host))
                return true;
            int dot = host.IndexOf('.');
            host = dot < 0 ? default : host[(dot + 1)..];
        }

        return false;
    }

    /// <summary>An address of IP, in any way of writing that clients take: <c>203.0.113.7</c>, <c>[::1]</c>, <c>0x7f000001</c>.</summary>
    public static bool IsAddress(ReadOnlySpan<char> host)
    {
        if (host.StartsWith("["))
            return true;
        foreach (var part in host.Split('.'))
        {
            var word = host[part];
            bool hexadecimal = word.StartsWith("0x") || word.StartsWith("0X");
            if (word.IsEmpty || (hexadecimal ? word[2..] : word).ContainsAnyExcept(hexadecimal ? "0123456789abcdefABCDEF" : "0123456789"))
                return false;
        }

        return true;
    }

    public bool Expects(string ecosystem, ReadOnlySpan<char> host)
    {
        if (_expected.TryGetValue(ecosystem, out var hosts) && hosts.GetAlternateLookup<ReadOnlySpan<char>>().Contains(host))
            return true;
        foreach (string below in _wildcards.GetValueOrDefault(ecosystem, []))
        {
            if (host.EndsWith(below, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool IsOneOf(string[] hosts, ReadOnlySpan<char> host)
    {
        foreach (string known in hosts)
        {
            if (host.Equals(known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
