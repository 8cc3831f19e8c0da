using Canary.Packages;
using Canary.Packages.Integrity;
using Canary.Packages.Sources;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Packages.Integrity;

public sealed class LockfileIntegrityTests
{
    private const string Sha512 = "sha512-Z2lnYW50aWM=", Commit = "0123456789abcdef0123456789abcdef01234567";

    // Each with what is almost the same, and right.
    [Theory]
    [InlineData("https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz", null)]
    [InlineData("https://registry.yarnpkg.com/left-pad/-/left-pad-1.3.0.tgz#5b8a3a7765dfe001261dde915589e782f8c94d1e", null)]
    [InlineData("https://npm.evil.example/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.ForeignHost)]
    [InlineData("https://evil.example/left-pad.tgz", AnomalyKind.ForeignHost)]
    [InlineData("https://registry.npmmirror.com/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.Mirror)]
    [InlineData("https://registry.npmjs.org.evil.example/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.ForeignHost)]
    [InlineData("https://evil.example/registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.ForeignHost)]
    [InlineData("http://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.Unprotected)]
    [InlineData("https://registry.npmjs.org/other/-/other-1.3.0.tgz", AnomalyKind.OtherName)]
    [InlineData("https://registry.npmjs.org/@evil/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.OtherName)]
    [InlineData("https://registry.npmjs.org/left-pad/-/right-pad-1.3.0.tgz", AnomalyKind.OtherName)]
    [InlineData("https://registry.npmjs.org/left-pad/-/left-pad-1.2.0.tgz", AnomalyKind.OtherVersion)]
    [InlineData("https://user:token@registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.Credentials)]
    [InlineData("https://203.0.113.7/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.AddressHost)]
    [InlineData("https://[2001:db8::7]:8080/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.AddressHost)]
    [InlineData("https://0x7f000001/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.AddressHost)]
    [InlineData("https://registry.xn--npmjs-xyz.org/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.DeceivingHost)]
    [InlineData("https://registry.npmj\u0455.org/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.DeceivingHost)]
    [InlineData("https://gist.githubusercontent.com/a/b/raw/left-pad.tgz", AnomalyKind.DropHost)]
    [InlineData("https://abc.ngrok.io/left-pad/-/left-pad-1.3.0.tgz", AnomalyKind.DropHost)]
    [InlineData("https://transfer.sh/x/left-pad.tgz", AnomalyKind.DropHost)]
    [InlineData("git+ssh://git@github.com/a/left-pad.git#" + Commit, null)]
    [InlineData("https://codeload.github.com/a/left-pad/tar.gz/" + Commit, null)]
    [InlineData("https://codeload.github.com/a/left-pad/tar.gz/main", AnomalyKind.MovingGit)]
    [InlineData("git+https://github.com/a/left-pad.git#main", AnomalyKind.MovingGit)]
    [InlineData("git+https://github.com/a/left-pad.git#0123456", AnomalyKind.MovingGit)]
    [InlineData("github:a/left-pad", AnomalyKind.MovingGit)]
    [InlineData("git://github.com/a/left-pad.git#" + Commit, AnomalyKind.Unprotected)]
    [InlineData("file:left-pad-1.3.0.tgz", AnomalyKind.LocalArchive)]
    [InlineData("file:packages/left-pad", null)]
    public void Of_a_place_is_said(string resolved, AnomalyKind? kind)
    {
        var entry = Npm("left-pad", "1.3.0") with { Resolved = resolved, Origin = OriginOf(resolved) };
        Assert.Equal(kind is { } expected ? [expected] : [], Found(entry, Npm("a", "1.0.0"), Npm("b", "1.0.0")));
    }

    [Theory]
    [InlineData("@types/node", "20.1.0", "https://registry.npmjs.org/@types/node/-/node-20.1.0.tgz")]
    [InlineData("@types/node", "20.1.0", "https://registry.npmjs.org/@types%2fnode/-/node-20.1.0.tgz")]
    [InlineData("JSONStream", "1.3.5", "https://registry.npmjs.org/JSONStream/-/JSONStream-1.3.5.tgz")]
    [InlineData("a", "1.0.0+build.5", "https://registry.npmjs.org/a/-/a-1.0.0.tgz")]
    public void A_registry_s_own_ways_of_writing_are_right(string name, string version, string resolved) =>
        Assert.Empty(Found(Npm(name, version) with { Resolved = resolved }));

    [Fact]
    public void An_artifactory_that_the_tree_names_is_right()
    {
        var entry = Npm("@acme/pad", "1.0.0") with { Resolved = "https://art.acme.example:8443/artifactory/api/npm/all/@acme/pad/-/@acme/pad-1.0.0.tgz" };
        Assert.Equal([AnomalyKind.ForeignHost], Found(entry, Npm("a", "1.0.0"), Npm("b", "1.0.0")));
        var inventory = Inventory(entry, Npm("a", "1.0.0"), Npm("b", "1.0.0"));
        Assert.Empty(Kinds(inventory, new RegistryHosts(sources: [new PackageSource(Ecosystem.Npm, "https://art.acme.example:8443/artifactory/api/npm/all/", ".npmrc", 1)])));
        Assert.Empty(Kinds(inventory, new RegistryHosts(new Dictionary<string, IReadOnlyList<string>> { [Ecosystem.Npm] = ["*.acme.example"] })));
        Assert.Equal([AnomalyKind.ForeignHost], Kinds(inventory, new RegistryHosts(new Dictionary<string, IReadOnlyList<string>> { [Ecosystem.NuGet] = ["*.acme.example"] })));
    }

    [Fact]
    public void A_settings_file_makes_no_registry_of_a_tunnel()
    {
        var entry = Npm("a", "1.0.0") with { Resolved = "https://abc.ngrok.io/a/-/a-1.0.0.tgz" };
        Assert.Equal([AnomalyKind.DropHost], Kinds(Inventory(entry), new RegistryHosts(sources: [new PackageSource(Ecosystem.Npm, "https://abc.ngrok.io/", ".npmrc", 1)])));
    }

    [Fact]
    public void A_file_that_is_all_from_one_other_registry_is_said_once()
    {
        var entries = Enumerable.Range(0, 50).Select(i => Npm("p" + i, "1.0.0") with { Resolved = $"https://npm.acme.example/p{i}/-/p{i}-1.0.0.tgz" }).ToArray();
        var found = LockfileIntegrity.Of(Inventory(entries), new RegistryHosts());
        Assert.Equal([AnomalyKind.OtherRegistry], found.Select(f => f.Kind));
        Assert.Contains("50 packages", found[0].Why, StringComparison.Ordinal);
        // One line that came in between is another matter.
        entries[7] = entries[7] with { Resolved = "https://evil.example/p7/-/p7-1.0.0.tgz" };
        Assert.Equal([AnomalyKind.OtherRegistry, AnomalyKind.ForeignHost], Found(entries));
    }

    [Fact]
    public void An_URL_that_the_project_asks_for_is_right()
    {
        var locked = Npm("xlsx", "0.20.1") with { Resolved = "https://cdn.sheetjs.example/xlsx-0.20.1.tgz", Origin = PackageOrigin.Url };
        var asked = new PackageEntry(Ecosystem.Npm, "xlsx", null, "package.json", 4) { Resolved = locked.Resolved, Requested = locked.Resolved, Origin = PackageOrigin.Url };
        Assert.Equal([AnomalyKind.ForeignHost], Found(locked, Npm("a", "1.0.0")));
        Assert.Empty(Found(asked, locked));
    }

    [Fact]
    public void A_checksum_that_is_missing_or_weak_is_seen_beside_better_ones_only()
    {
        var good = Npm("a", "1.0.0") with { Resolved = "https://registry.npmjs.org/a/-/a-1.0.0.tgz" };
        var none = Npm("b", "1.0.0") with { Resolved = "https://registry.npmjs.org/b/-/b-1.0.0.tgz", Integrity = null };
        var weak = Npm("c", "1.0.0") with { Integrity = "sha1-W4o6d2Xf4AEmHd6RVYnngvjJTR4=" };
        var bundled = Npm("d", "1.0.0") with { Integrity = null };
        Assert.Equal([AnomalyKind.NoIntegrity, AnomalyKind.WeakIntegrity], Found(good, none, weak, bundled));
        Assert.Empty(Found(none, none with { Name = "b", Line = 9 }));
        Assert.Empty(Found(weak));
        Assert.Empty(Found(good, weak with { Integrity = "sha1-W4o6d2Xf4AEmHd6RVYnngvjJTR4= sha512-Z2lnYW50aWM=" }));
    }

    [Theory]
    [InlineData("pnpm-lock.yaml", Ecosystem.Npm, Sha512)]
    [InlineData("bun.lock", Ecosystem.Npm, Sha512)]
    [InlineData("src/packages.lock.json", Ecosystem.NuGet, "aGFzaA==")]
    [InlineData("Cargo.lock", Ecosystem.Crates, "d2d4b9f5a0e0c2c7a7f2f9d0f5f4d9b6e1f0a3c4b5d6e7f8091a2b3c4d5e6f70")]
    [InlineData("uv.lock", Ecosystem.PyPI, "sha256:aa")]
    public void A_lockfile_that_always_has_checksums_misses_none(string file, string ecosystem, string integrity)
    {
        var good = new PackageEntry(ecosystem, "a", "1.0.0", file, 1) { Integrity = integrity };
        Assert.Equal([AnomalyKind.NoIntegrity], Found(good, good with { Name = "b", Integrity = null }));
        Assert.Empty(Found(good, good with { Name = "b", Integrity = null, Origin = PackageOrigin.Local }));
    }

    [Fact]
    public void One_version_with_two_checksums_is_seen_across_files()
    {
        var one = Npm("a", "1.0.0");
        var other = one with { File = "web/package-lock.json", Line = 7, Integrity = "sha512-b3RoZXI=" };
        var found = LockfileIntegrity.Of(Inventory(one, other), new RegistryHosts());
        Assert.Equal((AnomalyKind.DifferentIntegrity, "web/package-lock.json"), (found.Single().Kind, found[0].Package.File));
        Assert.Contains("package-lock.json:1", found[0].Why, StringComparison.Ordinal);
        Assert.Empty(Found(one, other with { Version = "1.0.1" }));
        Assert.Empty(Found(one, other with { Integrity = one.Integrity }));
        // Berry's checksum is of its own archive, NuGet's two are of different things, and a wheel is not the source.
        Assert.Empty(Found(one, other with { File = "yarn.lock", Integrity = "10c0/0123456789abcdef" }));
        var nuget = new PackageEntry(Ecosystem.NuGet, "A", "1.0.0", "packages.lock.json", 1) { Integrity = "eA==" };
        Assert.Empty(Found(nuget, nuget with { File = "obj/project.assets.json", Integrity = "eQ==" }));
        Assert.Equal([AnomalyKind.DifferentIntegrity], Found(nuget, nuget with { File = "b/packages.lock.json", Integrity = "eQ==" }));
        var python = new PackageEntry(Ecosystem.PyPI, "a", "1.0", "uv.lock", 1) { Integrity = "sha256:aa sha256:bb" };
        Assert.Empty(Found(python, python with { File = "b/uv.lock", Integrity = "sha256:bb" }));
        Assert.Equal([AnomalyKind.DifferentIntegrity], Found(python, python with { File = "b/uv.lock", Integrity = "sha256:cc" }));
    }

    [Theory]
    [InlineData("https://files.pythonhosted.org/packages/ab/typing_extensions-4.12.2-py3-none-any.whl", null)]
    [InlineData("https://files.pythonhosted.org/packages/ab/typing_extensions-4.12.2.tar.gz", null)]
    [InlineData("https://files.pythonhosted.org/packages/ab/requests-4.12.2-py3-none-any.whl", AnomalyKind.OtherName)]
    [InlineData("https://files.pythonhosted.org/packages/ab/typing_extensions_evil-4.12.2-py3-none-any.whl", AnomalyKind.OtherName)]
    [InlineData("https://files.pythonhosted.org/packages/ab/typing_extensions-4.11.0-py3-none-any.whl", AnomalyKind.OtherVersion)]
    public void A_file_of_PyPI_is_the_package_s_own(string resolved, AnomalyKind? kind)
    {
        var entry = new PackageEntry(Ecosystem.PyPI, "Typing.Extensions", "4.12.2", "pylock.toml", 1) { Resolved = resolved, Integrity = "sha256:aa" };
        Assert.Equal(kind is { } expected ? [expected] : [], Found(entry));
    }

    [Fact]
    public void Composer_s_archive_is_that_of_the_locked_commit()
    {
        var entry = new PackageEntry(Ecosystem.Packagist, "a/b", "1.0.0", "composer.lock", 1) { Resolved = "https://api.github.com/repos/a/b/zipball/" + Commit, Integrity = Commit };
        Assert.Empty(Found(entry));
        Assert.Equal([AnomalyKind.OtherVersion], Found(entry with { Integrity = new string('f', 40) }));
    }

    [Fact]
    public void Cargo_s_index_is_a_registry_and_another_repository_is_not()
    {
        var entry = new PackageEntry(Ecosystem.Crates, "a", "1.0.0", "Cargo.lock", 1) { Resolved = "registry+https://github.com/rust-lang/crates.io-index", Integrity = new string('a', 64) };
        Assert.Empty(Found(entry, entry with { Name = "b", Resolved = "sparse+https://index.crates.io/" }));
        Assert.Equal([AnomalyKind.ForeignHost], Found(entry, entry with { Name = "b", Resolved = "registry+https://github.com/evil/crates.io-index" }));
    }

    [Fact]
    public void A_private_name_from_a_public_registry_is_seen()
    {
        var entry = Npm("@acme/pad", "99.0.0") with { Resolved = "https://registry.npmjs.org/@acme/pad/-/pad-99.0.0.tgz" };
        Assert.Equal([AnomalyKind.InternalName], LockfileIntegrity.Of(Inventory(entry), new RegistryHosts(), ["@acme/*"]).Select(f => f.Kind));
        Assert.Empty(LockfileIntegrity.Of(Inventory(entry), new RegistryHosts(), ["@acme-labs/*"]));
    }

    [Fact]
    public void No_secret_and_nothing_hostile_is_in_a_sentence()
    {
        var entry = Npm("a", "1.0.0") with { Resolved = "http://bob:hunter2@evil\u001b[2J.example/a/-/a-1.0.0.tgz" };
        Assert.All(LockfileIntegrity.Of(Inventory(entry, Npm("b", "1.0.0"), Npm("c", "1.0.0")), new RegistryHosts()), f =>
        {
            Assert.DoesNotContain("hunter2", f.Why, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', f.Why);
        });
    }

    [Fact]
    public void Any_text_for_a_place_ends()
    {
        string[] odd = ["", ":", "://", "http://", "https:///x", "https://[", "https://[::1", "@", "a@b:", "git+", "git+ssh://@/", "https://user@", "https://%zz/-/x.tgz", "x:/-/", "https://h/-/", "https://h/a/-/.tgz", new string('/', 10_000), "https://" + new string('.', 10_000)];
        foreach (string text in odd)
        {
            foreach (string ecosystem in (string[])[Ecosystem.Npm, Ecosystem.PyPI, Ecosystem.Crates, Ecosystem.Packagist])
            {
                foreach (var origin in Enum.GetValues<PackageOrigin>())
                    LockfileIntegrity.Of(Inventory(new PackageEntry(ecosystem, "a", "1", "package-lock.json", 1) { Resolved = text, Origin = origin }), new RegistryHosts());
            }
        }
    }

    [Fact]
    public void A_commit_may_stand_beside_the_URL()
    {
        var swift = new PackageEntry(Ecosystem.Swift, "github.com/a/b", "1.0.0", "Package.resolved", 3) { Resolved = "https://github.com/a/b.git", Origin = PackageOrigin.Git, Integrity = Commit };
        Assert.Empty(Found(swift));
        Assert.Equal([AnomalyKind.MovingGit], Found(swift with { Integrity = null }));
        var bun = new PackageEntry(Ecosystem.Npm, "a", null, "bun.lock", 3) { Resolved = "github:a/b#0123456", Origin = PackageOrigin.Git };
        Assert.Empty(Found(bun));
        Assert.Equal([AnomalyKind.MovingGit], Found(bun with { Resolved = "github:a/b#main" }));
    }

    [Fact]
    public void Several_registries_of_one_section_are_each_looked_at()
    {
        var gem = new PackageEntry(Ecosystem.RubyGems, "a", "1.0", "Gemfile.lock", 3) { Resolved = "https://rubygems.org/ https://gems.acme.example/" };
        Assert.Equal([AnomalyKind.OtherRegistry], Found(gem));
        Assert.Equal([AnomalyKind.ForeignHost], Found(gem, gem with { Name = "b", Resolved = "https://rubygems.org/" }, gem with { Name = "c", Resolved = "https://rubygems.org/" }));
    }

    [Fact]
    public void Every_fixture_of_every_format_is_looked_over()
    {
        var inventory = new PackageScan(Checkout.At("tests/fixtures/packages")).Run();
        var found = LockfileIntegrity.Of(inventory, new RegistryHosts(sources: inventory.Sources), ["internal*"]);
        Assert.NotEmpty(found);
        Assert.All(found, f => Assert.DoesNotContain("secret", f.Why, StringComparison.Ordinal));
    }

    [Fact]
    public void Real_lockfiles_are_quiet()
    {
        var inventory = new PackageScan(Checkout.At("tests/fixtures/lockfiles")).Run();
        Assert.True(inventory.Packages.Count > 250);
        Assert.Empty(LockfileIntegrity.Of(inventory, new RegistryHosts(sources: inventory.Sources)).Select(f => $"{f.Package.File}:{f.Package.Line} {f.Kind} {f.Why}"));
    }

    [Fact]
    public void The_folder_of_NuGet_is_compared_with_the_lockfile()
    {
        using var folder = new TemporaryDirectory();
        string place = Path.Combine(folder.Path, "serilog", "4.0.0");
        Directory.CreateDirectory(place);
        File.WriteAllText(Path.Combine(place, ".nupkg.metadata"), """{"version":2,"contentHash":"eA==","source":"https://api.nuget.org/v3/index.json"}""");
        var locked = new PackageEntry(Ecosystem.NuGet, "Serilog", "4.0.0", "packages.lock.json", 3) { Integrity = "eA==" };
        var faults = new Inventory();
        Assert.Empty(NuGetFolder.Compare([locked, locked with { Version = "4.0.1" }, locked with { Name = "../serilog" }], folder.Path, faults));
        Assert.Equal([AnomalyKind.DifferentIntegrity], NuGetFolder.Compare([locked with { Integrity = "eQ==" }], folder.Path, faults).Select(f => f.Kind));
        Assert.Empty(faults.UnreadParts);
        File.WriteAllText(Path.Combine(place, ".nupkg.metadata"), "{");
        Assert.Empty(NuGetFolder.Compare([locked], folder.Path, faults));
        Assert.Single(faults.UnreadParts);
    }

    private static PackageEntry Npm(string name, string version) => new(Ecosystem.Npm, name, version, "package-lock.json", 1) { Integrity = Sha512 };

    // As the readers say it.
    private static PackageOrigin OriginOf(string resolved) =>
        resolved.StartsWith("git", StringComparison.Ordinal) || resolved.Contains("codeload", StringComparison.Ordinal) ? PackageOrigin.Git
        : resolved.StartsWith("file:", StringComparison.Ordinal) ? PackageOrigin.Local
        : resolved.Contains("/-/", StringComparison.Ordinal) ? PackageOrigin.Registry : PackageOrigin.Url;

    private static Inventory Inventory(params PackageEntry[] entries)
    {
        var inventory = new Inventory();
        foreach (var entry in entries)
            inventory.Add(entry);
        return inventory;
    }

    private static IEnumerable<AnomalyKind> Kinds(Inventory inventory, RegistryHosts hosts) => LockfileIntegrity.Of(inventory, hosts).Select(f => f.Kind);

    private static IEnumerable<AnomalyKind> Found(params PackageEntry[] entries) => Kinds(Inventory(entries), new RegistryHosts());
}
