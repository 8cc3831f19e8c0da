using Canary.Advisories;
using Canary.Packages;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Advisories;

public sealed class BuiltInIndexTests : IDisposable
{
    private readonly AdvisoryIndex _index = AdvisoryIndex.BuiltIn();

    public void Dispose() => _index.Dispose();

    [Fact]
    public void Every_entry_of_the_list_is_found_and_its_near_misses_are_not()
    {
        int found = 0;
        var missed = new List<string>();
        var listed = new HashSet<string>(Lines());
        foreach (string line in Lines())
        {
            var (ecosystem, name, version) = Parts(line);
            if (_index.Find(ecosystem, name, version) is [{ Campaign: not null, Sources.Count: > 0 }])
                found++;
            else
                missed.Add(line);
            if (_index.Find(ecosystem, name, version + "9").Count > 0 && !listed.Contains(line + "9"))
                missed.Add("other version: " + line);
            if (_index.Find(Ecosystem.Crates, name, version).Count > 0)
                missed.Add("other ecosystem: " + line);
            bool anyCase = ecosystem is Ecosystem.PyPI or Ecosystem.Packagist;
            if (_index.Find(ecosystem, name.ToUpperInvariant(), version).Count > 0 != (anyCase || !name.Any(char.IsAsciiLetterLower)))
                missed.Add("other case: " + line);
        }

        Assert.Empty(missed);
        Assert.Equal(5782, found);
    }

    [Theory]
    [InlineData("npm", "event-stream", "3.3.6", "event-stream (2018)")]
    [InlineData("npm", "ua-parser-js", "0.7.29", "ua-parser-js, coa and rc hijacks (2021)")]
    [InlineData("PyPI", "Ultralytics", "8.3.41", "ultralytics cryptominer (2024-12)")]
    [InlineData("npm", "@nx/key", "3.2.0", "Nx s1ngularity (2025-08)")]
    [InlineData("npm", "chalk", "5.6.1", "chalk/debug (2025-09)")]
    [InlineData("npm", "@ctrl/tinycolor", "4.1.1", "Shai-Hulud 1.0")]
    [InlineData("npm", "02-echo", "0.0.7", "Shai-Hulud 2.0")]
    [InlineData("npm", "yarsg", "18.0.1", "SANDWORM_MODE")]
    [InlineData("npm", "axios", "1.14.1", "axios (2026-03)")]
    [InlineData("npm", "plain-crypto-js", "4.2.1", "axios (2026-03)")]
    [InlineData("PyPI", "litellm", "1.82.7", "TeamPCP")]
    [InlineData("npm", "@emilgroup/task-sdk", "1.0.3", "TeamPCP")]
    [InlineData("PyPI", "lightning", "2.6.2", "Mini Shai-Hulud (Lightning)")]
    [InlineData("PyPI", "durabletask", "1.4.2", "durabletask (TeamPCP)")]
    [InlineData("npm", "@bitwarden/cli", "2026.4.0", "Bitwarden CLI (2026-04)")]
    [InlineData("npm", "node-ipc", "9.2.3", "node-ipc backdoor (2026-05)")]
    [InlineData("PyPI", "executor_engine", "0.3.4", "Miasma: Hades")]
    [InlineData("npm", "easy-day-js", "1.11.22", "easy-day-js (Mastra)")]
    [InlineData("npm", "keyv", "6.0.0", "keyv and cacheable (2026-08)")]
    [InlineData("Packagist", "Laravel-Lang/lang", "15.29.5", "Laravel-Lang tag rewrite (2026-05)")]
    [InlineData("npm", "art-template", "4.13.4", "art-template hijack")]
    [InlineData("NuGet", "stripeapi.net", "50.4.1", "StripeApi.Net typosquat (2026-02)")]
    [InlineData("NuGet", "Anotar.S\u0435ril\u043Eg.Fody", "6.0.0", "Anotar.Serilog.Fody homoglyph")]
    [InlineData("GitHub Actions", "aquasecurity/setup-trivy", "v0.2.3", "TeamPCP")]
    public void An_incident_is_named(string ecosystem, string name, string version, string campaign) =>
        Assert.Equal([campaign], _index.Find(ecosystem, name, version).Select(a => a.Campaign));

    // Named once and taken back by DataDog; the honest package beside a homoglyph; the good versions around a bad one.
    [Theory]
    [InlineData("npm", "cbre-flow-common", "99.0.0")]
    [InlineData("npm", "@elsedev/react-csr-sdk", "1.0.17")]
    [InlineData("npm", "utilitas", "2000.3.1")]
    [InlineData("NuGet", "Anotar.Serilog.Fody", "6.0.0")]
    [InlineData("npm", "dotenv-expand", "5.1.0")]
    [InlineData("npm", "chalk", "5.6.2")]
    [InlineData("npm", "node-ipc", "9.2.2")]
    [InlineData("PyPI", "pytorch-lightning", "2.6.2")]
    [InlineData("npm", "keyv", null)]
    public void What_is_good_is_not_named(string ecosystem, string name, string? version) => Assert.Empty(_index.Find(ecosystem, name, version));

    [Fact]
    public void A_package_of_the_workspace_is_not_the_one_of_its_name_in_the_registry()
    {
        var entry = new PackageEntry(Ecosystem.Npm, "keyv", "6.0.0", "package-lock.json", 3);
        Assert.Single(_index.Find(entry));
        Assert.Empty(_index.Find(entry with { Origin = PackageOrigin.Local }));
    }

    [Fact]
    public void A_payload_is_known_by_its_digest()
    {
        byte[] digest = Convert.FromHexString("a3894003ad1d293ba96d77881ccd2071446dc3f65f434669b49b3da92421901a");
        Assert.Equal(new KnownPayload("Shai-Hulud 2.0", "setup_bun.js"), _index.FindPayload(digest));
        digest[31] ^= 1;
        Assert.Null(_index.FindPayload(digest));
        string[] digests = [.. File.ReadLines(Checkout.At("src/Canary.Core/Advisories/Known/payloads.txt")).Where(l => l.Length > 64 && l[0] != '#').Select(l => l[..64])];
        Assert.All(digests, d => Assert.NotNull(_index.FindPayload(Convert.FromHexString(d))));
    }

    private static IEnumerable<string> Lines() => File.ReadLines(Checkout.At("src/Canary.Core/Advisories/Known/compromised-packages.txt")).Where(l => l.Length > 0 && l[0] != '#');

    private static (string Ecosystem, string Name, string Version) Parts(string line)
    {
        string[] parts = line.Split(':');
        return parts.Length == 2 ? (Ecosystem.Npm, parts[0], parts[1])
            : (parts[0] switch { "go" => Ecosystem.Go, "pypi" => Ecosystem.PyPI, "composer" => Ecosystem.Packagist, _ => Ecosystem.Npm }, parts[1], parts[2]);
    }
}
