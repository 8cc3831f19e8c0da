using Canary.Packages;
using Canary.Registries;
using Xunit;
using static Canary.Tests.Registries.RegistryWorld;

namespace Canary.Tests.Registries;

/// <summary>What a server saw is what counts: a private name must not be in it, in no part of any address.</summary>
public sealed class PublicNamesTests
{
    private const string PublicMark = "public-mark", Secret = "secret-plan";

    public static TheoryData<string, string, string> NpmSettings => new()
    {
        { ".npmrc", "registry=https://npm.corp.example/", Secret },
        { ".npmrc", "# x\n registry = \"https://npm.corp.example/\"", Secret },
        { ".npmrc", "registry=${CORP_REGISTRY}", Secret },
        { ".npmrc", "@corp:registry=https://npm.corp.example/", "@corp/" + Secret },
        { ".yarnrc", "registry \"https://npm.corp.example/\"", Secret },
        { ".yarnrc", "\"@corp:registry\" \"https://npm.corp.example/?a=b\"", "@corp/" + Secret },
        { ".yarnrc.yml", "npmRegistryServer: https://npm.corp.example", Secret },
        { ".yarnrc.yml", "npmScopes:\n  corp:\n    npmRegistryServer: https://npm.corp.example", "@corp/" + Secret },
        { ".yarnrc.yml", "npmScopes: [", Secret },
        { "pnpm-workspace.yaml", "registries:\n  '@corp': https://npm.corp.example", "@corp/" + Secret },
        { "bunfig.toml", "[install]\nregistry = \"https://npm.corp.example\"", Secret },
        { "bunfig.toml", "[install.scopes]\ncorp = { token = \"x\", url = \"https://npm.corp.example\" }", "@corp/" + Secret },
        { "bunfig.toml", "[install", Secret },
    };

    public static TheoryData<string, string> NuGetSettings => new()
    {
        { "nuget.config", "<configuration><packageSources><add key='corp' value='https://nuget.corp.example/v3/index.json'/></packageSources></configuration>" },
        { "NuGet.Config", "<configuration><packageSources><add key='local' value='./packages'/></packageSources></configuration>" },
        { "nuget.config", "<configuration><packageSources>" },
        { "nuget.config", Mapped("<packageSource key='corp'><package pattern='secret*'/></packageSource><packageSource key='nuget.org'><package pattern='*'/></packageSource>") },
        { "nuget.config", Mapped("<packageSource key='elsewhere'><package pattern='secret-*'/></packageSource><packageSource key='nuget.org'><package pattern='*'/></packageSource>") },
        { "Directory.Build.props", "<Project><PropertyGroup><RestoreAdditionalProjectSources>https://nuget.corp.example</RestoreAdditionalProjectSources></PropertyGroup></Project>" },
        { "src/a.csproj", "<Project><PropertyGroup><RestoreSources>\\\\corp\\nuget</RestoreSources></PropertyGroup></Project>" },
    };

    [Theory]
    [MemberData(nameof(NpmSettings))]
    public async Task A_name_that_may_come_from_another_npm_registry_is_told_to_nobody(string file, string text, string name)
    {
        foreach (bool isUser in (bool[])[false, true])
        {
            await using var elsewhere = new RegistryWorld();
            elsewhere.Write(file, text);
            await using var world = new RegistryWorld { User = isUser ? new UserRegistries(elsewhere.Tree, [], []) : UserRegistries.None };
            if (!isUser)
                world.Write("sub/" + file, text);
            var answers = await world.AskAsync(OfNpm(name, file: "sub/x/package-lock.json"), Resolved(OfNpm(PublicMark), "https://registry.npmjs.org/x/-/x.tgz"));
            Assert.Equal(name, Assert.Single(answers.Withheld).Name);
            Assert.Equal(["/" + PublicMark], world.Npm.Requests);
        }
    }

    [Theory]
    [MemberData(nameof(NuGetSettings))]
    public async Task A_name_that_may_come_from_another_feed_is_told_to_nobody(string file, string text)
    {
        await using var world = new RegistryWorld();
        world.Write(file, text);
        var answers = await world.AskAsync(OfNuGet("Secret-Plan", file: "src/packages.lock.json"), Resolved(OfNuGet(PublicMark), "https://api.nuget.org/v3/index.json"));
        Assert.Equal(("Secret-Plan", text.EndsWith("<packageSources>", StringComparison.Ordinal)), (Assert.Single(answers.Withheld).Name, answers.Withheld[0].Reason.Contains("cannot be read", StringComparison.Ordinal)));
        Assert.Contains(world.NuGet.Requests, r => r.Contains(PublicMark, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(world.NuGet.Requests, r => r.Contains("secret", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_name_that_a_mapping_gives_to_the_public_feed_is_asked_for()
    {
        await using var world = new RegistryWorld();
        world.Write("nuget.config", Mapped("<packageSource key='corp'><package pattern='Secret*'/></packageSource><packageSource key='nuget.org'><package pattern='Public-*'/></packageSource>"));
        var answers = await world.AskAsync(OfNuGet("Public-Mark"), OfNuGet("Secret-Plan"), OfNuGet("Neither"));
        Assert.Equal(["Neither", "Secret-Plan"], answers.Withheld.Select(w => w.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(world.NuGet.Requests, r => r.Contains("secret", StringComparison.OrdinalIgnoreCase) || r.Contains("neither", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task What_a_nearer_file_clears_counts_no_more()
    {
        await using var world = new RegistryWorld();
        world.Write("nuget.config", "<configuration><packageSources><add key='corp' value='https://nuget.corp.example/v3/index.json'/></packageSources></configuration>");
        world.Write("open/nuget.config", "<configuration><packageSources><clear/><add key='nuget.org' value='https://api.nuget.org/v3/index.json'/></packageSources></configuration>");
        var answers = await world.AskAsync(OfNuGet("Open", file: "open/src/packages.lock.json"), OfNuGet("Closed", file: "closed/packages.lock.json"));
        Assert.Equal("Closed", Assert.Single(answers.Withheld).Name);
    }

    [Theory]
    [InlineData("https://npm.corp.example/a/-/a-1.0.0.tgz")]
    [InlineData("https://registry.npmjs.org.evil.example/a/-/a.tgz")]
    [InlineData("https://registry.npmjs.org@npm.corp.example/a/-/a.tgz")]
    [InlineData("ftp://registry.npmjs.org/a")]
    public async Task A_package_resolved_from_another_host_is_told_to_nobody(string resolved)
    {
        await using var world = new RegistryWorld();
        // Another place that does not say where it came from makes it no more public.
        var answers = await world.AskAsync(Resolved(OfNpm(Secret), resolved), OfNpm(Secret, file: "other/yarn.lock"));
        Assert.Equal(Secret, Assert.Single(answers.Withheld).Name);
        Assert.Empty(world.Npm.Requests);
    }

    [Fact]
    public async Task A_name_that_is_internal_is_told_to_nobody_wherever_it_came_from()
    {
        await using var world = new RegistryWorld { Internal = ["@corp/*", "Secret*"] };
        var answers = await world.AskAsync(
            OfNpm("@corp/a"), Resolved(OfNpm("secret-plan"), "https://registry.npmjs.org/secret-plan/-/x.tgz"), OfNuGet("Secret.Plan"), OfNpm("@corporate/b"));
        Assert.Equal(["@corp/a", "Secret.Plan", "secret-plan"], answers.Withheld.Select(w => w.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["/@corporate%2fb"], world.Npm.Requests);
        Assert.Empty(world.NuGet.Requests);
    }

    [Fact]
    public async Task What_comes_from_no_registry_is_told_to_nobody()
    {
        await using var world = new RegistryWorld();
        await world.AskAsync(
            OfNpm(Secret) with { Origin = PackageOrigin.Git }, OfNpm("b") with { Origin = PackageOrigin.Local }, OfNpm("c") with { Origin = PackageOrigin.Url }, new PackageEntry(Ecosystem.PyPI, "d", "1", "uv.lock", 1));
        Assert.Empty(world.Npm.Requests);
        Assert.Empty(world.NuGet.Requests);
    }

    [Fact]
    public async Task The_environment_s_registry_counts()
    {
        await using var world = new RegistryWorld { User = new UserRegistries(null, ["https://npm.corp.example/"], []) };
        Assert.Single((await world.AskAsync(OfNpm(Secret))).Withheld);
        Assert.Empty(world.Npm.Requests);
    }

    [Fact]
    public async Task A_file_that_the_environment_names_counts()
    {
        await using var elsewhere = new RegistryWorld();
        elsewhere.Write("ci-npmrc", "@corp:registry=https://npm.corp.example/\n//npm.corp.example/:_authToken=x");
        await using var world = new RegistryWorld { User = UserRegistries.None with { NpmFiles = [Path.Combine(elsewhere.Tree, "ci-npmrc")] } };
        Assert.Equal("@corp/a", Assert.Single((await world.AskAsync(OfNpm("@corp/a"), OfNpm("b"))).Withheld).Name);
        Assert.Equal(["/b"], world.Npm.Requests);
    }

    private static PackageEntry Resolved(PackageEntry entry, string address) => entry with { Resolved = address };

    private static string Mapped(string mapping) => $"""
        <configuration><packageSources><add key='nuget.org' value='https://api.nuget.org/v3/index.json'/><add key='corp' value='https://nuget.corp.example/v3/index.json'/></packageSources>
        <packageSourceMapping>{mapping}</packageSourceMapping></configuration>
        """;
}
