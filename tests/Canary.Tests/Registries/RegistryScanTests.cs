using System.Text.Json;
using Canary.Commands;
using Canary.Tests.Gating;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Registries;

/// <summary><c>canary scan --registry</c> as it is run, against a registry and a feed on loopback.</summary>
public sealed class RegistryScanTests : IDisposable
{
    // The command has the system's clock.
    private static readonly DateTimeOffset Today = TimeProvider.System.GetUtcNow(), Old = Today.AddYears(-2);

    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task What_registries_say_is_findings_with_their_lines()
    {
        await using var world = new RegistryWorld();
        world.Npm.Put("fresh", new("1.0.0", Old), new("1.0.1", Today.AddHours(-5)));
        world.Npm.Put("taken-over", new("1.0.0", Old) { Attested = true }, new("1.0.1", Today.AddDays(-10), "mallory"));
        world.Npm.Put("given-up", new NpmVersion("1.0.0", Old) { Deprecated = "use other\u001b[31m" });
        world.NuGet.Put("Hidden", ["alice"], new NuGetVersion("1.0.0", Old) { Listed = false }, new("2.0.0", Old));
        world.NuGet.Put("Faulty", ["alice"], new NuGetVersion("1.0.0", Old) { Advisory = "https://github.com/advisories/GHSA-1" });
        Write("package-lock.json", """
            {"lockfileVersion": 3, "packages": {
            "node_modules/fresh": {"version": "1.0.1", "resolved": "https://registry.npmjs.org/fresh/-/fresh-1.0.1.tgz"},
            "node_modules/taken-over": {"version": "1.0.1", "resolved": "https://registry.npmjs.org/taken-over/-/taken-over-1.0.1.tgz"},
            "node_modules/given-up": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/given-up/-/given-up-1.0.0.tgz"},
            "node_modules/invented": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/invented/-/invented-1.0.0.tgz"},
            "node_modules/private": {"version": "1.0.0", "resolved": "https://npm.corp.example/private/-/private-1.0.0.tgz"}}}
            """);
        // Not what the machine that the tests run on has for feeds.
        Write("nuget.config", "<configuration><packageSources><clear/><add key='nuget.org' value='https://api.nuget.org/v3/index.json'/></packageSources></configuration>");
        Write("app.csproj", """
            <Project><ItemGroup>
            <PackageReference Include="Hidden" Version="1.0.0" />
            <PackageReference Include="Faulty" Version="1.0.0" />
            </ItemGroup></Project>
            """);
        var (code, findings) = await Scan(world, "--registry");
        Assert.Equal(ExitCode.Findings, code);
        // What rules say of the lockfile itself, their own tests hold.
        Assert.Equal(
            [
                ("deprecated_package", "informational", "package-lock.json", 4), ("nonexistent_package", "high", "package-lock.json", 5), ("provenance_downgrade", "medium", "package-lock.json", 3),
                ("publisher_changed", "medium", "package-lock.json", 3), ("registry_not_asked", "informational", "", 0), ("registry_vulnerable_package", "medium", "app.csproj", 3),
                ("too_new_package", "medium", "package-lock.json", 2), ("unlisted_package", "low", "app.csproj", 2),
            ],
            findings.Where(f => !f.Slug.StartsWith("packages_", StringComparison.Ordinal)).OrderBy(f => f.Slug, StringComparer.Ordinal).Select(f => (f.Slug, f.Level, f.File, f.Line)));
        Assert.DoesNotContain(world.Npm.Requests, r => r.Contains("private", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, f => f.Why.Contains('\u001b'));
    }

    [Fact]
    public async Task The_project_s_own_age_makes_a_fresh_version_fail()
    {
        await using var world = new RegistryWorld();
        world.Npm.Put("a", new("1.0.0", Old), new("1.0.1", Today.AddDays(-5)));
        Write("package-lock.json", Lock("a"));
        Assert.Equal(ExitCode.Clean, (await Scan(world, "--registry")).Code);
        Write(".npmrc", "min-release-age=7");
        var (code, findings) = await Scan(world, "--registry");
        Assert.Equal((ExitCode.Findings, "package_newer_than_policy"), (code, Assert.Single(findings).Slug));
        Assert.Contains(".npmrc:1", findings[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lockfile_s_own_day_needs_no_network()
    {
        await using var world = new RegistryWorld();
        Write("uv.lock", $$"""
            version = 1
            [[package]]
            name = "a"
            version = "1.0.0"
            source = { registry = "https://pypi.org/simple" }
            sdist = { url = "https://files.pythonhosted.org/a.tar.gz", hash = "sha256:0000000000000000000000000000000000000000000000000000000000000000", size = 1, upload-time = "{{Today.AddHours(-2):yyyy-MM-dd'T'HH:mm:ss'Z'}}" }
            """);
        var (_, findings) = await Scan(world, "--offline");
        Assert.Equal("too_new_package", Assert.Single(findings).Slug);
    }

    [Fact]
    public async Task Nobody_is_asked_without_the_option_and_nobody_offline()
    {
        await using var world = new RegistryWorld();
        Write("package-lock.json", Lock("invented"));
        Assert.Equal(ExitCode.Clean, (await Scan(world)).Code);
        var (code, findings) = await Scan(world, "--registry", "--offline");
        Assert.Equal((ExitCode.Clean, "registry_not_asked"), (code, Assert.Single(findings).Slug));
        Assert.Contains("--offline", findings[0].Why, StringComparison.Ordinal);
        Assert.Empty(world.Npm.Requests);
        Assert.Equal(ExitCode.Findings, (await Scan(world, "--registry")).Code);
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_a_finding_and_exit_3()
    {
        await using var world = new RegistryWorld();
        world.Npm.Answer("a", new WebAnswer(403, ""));
        world.Npm.Answer("b", new WebAnswer(403, ""));
        Write("package-lock.json", Lock("a", "b"));
        var (code, findings) = await Scan(world, "--registry");
        Assert.Equal((ExitCode.Unread, "registry_unanswered"), (code, Assert.Single(findings).Slug));
        Assert.Contains("2 npm packages: it answered 403 (a, b)", findings[0].Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_cannot_make_what_it_brings_old_enough_nor_public()
    {
        await using var world = new RegistryWorld();
        using var repository = new GateWorld();
        foreach (string name in (string[])["kept", "brought"])
            world.Npm.Put(name, new("1.0.0", Old), new("1.0.1", Today.AddDays(-2)));
        repository.Write("package-lock.json", Lock("kept"));
        repository.Write(".npmrc", "min-release-age=7\n@corp:registry=https://npm.corp.example/");
        repository.Commit("base");
        repository.Write("package-lock.json", Lock("kept", "brought"));
        repository.Write(".npmrc", "min-release-age=0");
        repository.Write("yarn.lock", "\"@corp/plan@^1.0.0\":\n  version \"1.0.0\"\n");
        var (code, findings) = await ScanTree(world, repository.Root, "--registry", "--base", "base");
        Assert.Equal(ExitCode.Findings, code);
        // The one that was there is reported and does not fail; what a change leaves as it was is not asked for twice.
        Assert.Equal(["brought", "kept"], findings.Where(f => f.Slug == "package_newer_than_policy").Select(f => f.Identity["pkg:npm/".Length..].Split('@')[0]).Order(StringComparer.Ordinal));
        Assert.Equal("brought", Assert.Single(findings, f => f is { Slug: "package_newer_than_policy", Existing: false }).Identity["pkg:npm/".Length..].Split('@')[0]);
        Assert.Equal(["/brought", "/kept"], world.Npm.Requests.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("--npm-registry", "http://npm.example.org/")]
    [InlineData("--npm-registry", "https://user:password@npm.example.org/")]
    [InlineData("--nuget-source", "ftp://x")]
    [InlineData("--nuget-source", "./packages")]
    public async Task An_address_that_is_not_to_be_asked_is_a_usage_error(string option, string value)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(ExitCode.Usage, await CommandLine.RunAsync(["scan", option, value, _home.Path], output, error, CancellationToken.None));
        Assert.Contains("is not to be asked", error.ToString(), StringComparison.Ordinal);
    }

    private static string Lock(params string[] names)
    {
        var packages = names.Select(n => $$""" "node_modules/{{n}}": {"version": "1.0.1", "resolved": "https://registry.npmjs.org/{{n}}/-/{{n}}-1.0.1.tgz"} """);
        return $$"""{"lockfileVersion": 3, "packages": { {{string.Join(',', packages)}} } }""";
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Directory.CreateDirectory(_home.At("tree")).FullName, name), text);

    private Task<(int Code, List<Said> Findings)> Scan(RegistryWorld world, params string[] arguments) => ScanTree(world, _home.At("tree"), arguments);

    private async Task<(int Code, List<Said> Findings)> ScanTree(RegistryWorld world, string tree, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        // Whatever the machine says that the tests run on.
        string[] network = arguments.Contains("--offline") ? [] : ["--offline=false"];
        int code = await CommandLine.RunAsync(
            ["scan", "--json", "--state", _home.At("state"), "--npm-registry", world.Npm.Address.AbsoluteUri, "--nuget-source", world.NuGet.Address.AbsoluteUri, .. network, .. arguments, tree],
            output, error, CancellationToken.None);
        var findings = output.ToString().Split('\n').Where(l => l.StartsWith("""{"kind":"finding""", StringComparison.Ordinal)).Select(l => JsonDocument.Parse(l).RootElement).Select(f => new Said(
            f.GetProperty("rule").GetProperty("slug").GetString()!, f.GetProperty("rule").GetProperty("level").GetString()!, f.GetProperty("location").GetProperty("file").GetString()!,
            f.GetProperty("location").GetProperty("line").GetInt32(), f.GetProperty("why").GetString()!, f.GetProperty("subject").GetProperty("identity").GetString()!,
            f.TryGetProperty("existing", out var existing) && existing.GetBoolean()));
        return (code, [.. findings.Where(f => f.Slug != "old_package_index")]);
    }

    private sealed record Said(string Slug, string Level, string File, int Line, string Why, string Identity, bool Existing);
}
