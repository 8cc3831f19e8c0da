using Canary.Packages;
using Canary.Registries;
using Canary.Tests.Support;
using Xunit;
using static Canary.Tests.Registries.RegistryWorld;

namespace Canary.Tests.Registries;

public sealed class CooldownTests
{
    [Theory]
    [InlineData(".npmrc", "min-release-age=7", "package-lock.json", 7 * 24)]
    [InlineData("pnpm-workspace.yaml", "minimumReleaseAge: 1440", "pnpm-lock.yaml", 24)]
    [InlineData(".npmrc", "minimum-release-age=120", "pnpm-lock.yaml", 2)]
    [InlineData(".yarnrc.yml", "npmMinimalAgeGate: 4320", "yarn.lock", 72)]
    [InlineData(".yarnrc.yml", "npmMinimalAgeGate: 3d", "yarn.lock", 72)]
    [InlineData("bunfig.toml", "[install]\nminimumReleaseAge = 259200", "bun.lock", 72)]
    [InlineData("uv.toml", "exclude-newer = \"7 days\"", "uv.lock", 168)]
    [InlineData("pyproject.toml", "[tool.uv]\nexclude-newer = \"P2D\"", "uv.lock", 48)]
    [InlineData("nuget.config", "<configuration><packageSources><add key='a' value='x' minPublishAgeHours='24'/><add key='b' value='y' minPublishAgeHours='72'/></packageSources></configuration>", "obj/project.assets.json", 72)]
    public void Each_package_manager_has_its_word_and_its_unit(string file, string text, string named, int hours)
    {
        using var tree = new TemporaryDirectory();
        File.WriteAllText(tree.At(file), text);
        var settings = CooldownSettings.Read(tree.Path);
        var entry = Entry(named);
        var rule = settings.Of(entry)!;
        Assert.Equal(file, rule.File);
        Assert.True(rule.Forbids(entry, Now.AddHours(-hours).AddMinutes(1), Now));
        Assert.False(rule.Forbids(entry, Now.AddHours(-hours), Now));
        Assert.Empty(settings.Unread);
    }

    [Theory]
    [InlineData(".npmrc", "before=2026-10-01T00:00:00Z", "package-lock.json", "2026-10-01T00:00:00Z")]
    [InlineData("uv.toml", "exclude-newer = \"2026-10-01\"", "uv.lock", "2026-10-02T00:00:00Z")]
    [InlineData("uv.toml", "exclude-newer = 2026-10-01T06:00:00Z", "uv.lock", "2026-10-01T06:00:00Z")]
    public void A_day_is_a_bound_too(string file, string text, string named, string bound)
    {
        using var tree = new TemporaryDirectory();
        File.WriteAllText(tree.At(file), text);
        var at = DateTimeOffset.Parse(bound, System.Globalization.CultureInfo.InvariantCulture);
        var rule = CooldownSettings.Read(tree.Path).Of(Entry(named))!;
        Assert.True(rule.Forbids(Entry(named), at, Now));
        Assert.False(rule.Forbids(Entry(named), at.AddSeconds(-1), Now));
    }

    [Theory]
    [InlineData("pnpm-workspace.yaml", "minimumReleaseAge: 1440\nminimumReleaseAgeExclude: ['@corp/*', 'fix@1.0.0 || 1.0.1']", "pnpm-lock.yaml")]
    [InlineData(".yarnrc.yml", "npmMinimalAgeGate: 1440\nnpmPreapprovedPackages: ['@corp/*', 'fix@1.0.0']", "yarn.lock")]
    [InlineData("bunfig.toml", "[install]\nminimumReleaseAge = 86400\nminimumReleaseAgeExcludes = ['@corp/*', 'fix@1.0.0']", "bun.lock")]
    [InlineData(".npmrc", "min-release-age=1\nmin-release-age-exclude=@corp/*,fix@1.0.0", "package-lock.json")]
    public void Exceptions_are_by_name_or_by_version(string file, string text, string named)
    {
        using var tree = new TemporaryDirectory();
        File.WriteAllText(tree.At(file), text);
        var settings = CooldownSettings.Read(tree.Path);
        Assert.Equal([false, false, true, true], ((string[])["@corp/a", "fix", "fixed", "@corps/a"]).Select(n => Forbids(OfNpm(n, file: named))));
        Assert.True(Forbids(OfNpm("fix", "2.0.0", named)));

        bool Forbids(PackageEntry entry) => settings.Of(entry)!.Forbids(entry, Now.AddHours(-1), Now);
    }

    [Fact]
    public void NuGet_s_exceptions_count()
    {
        using var tree = new TemporaryDirectory();
        File.WriteAllText(tree.At("NuGet.Config"), """
            <configuration><packageSources><add key="nuget.org" value="https://api.nuget.org/v3/index.json" minPublishAgeHours="72" /></packageSources>
            <minPublishAgeExceptions><package pattern="Fabrikam.*" /></minPublishAgeExceptions></configuration>
            """);
        var rule = CooldownSettings.Read(tree.Path).Of(OfNuGet("Fabrikam.A"))!;
        Assert.False(rule.Forbids(OfNuGet("fabrikam.A"), Now, Now));
        Assert.True(rule.Forbids(OfNuGet("Contoso.A"), Now, Now));
    }

    [Fact]
    public void The_nearest_setting_holds_and_none_from_outside_the_tree_or_of_another_tool()
    {
        using var home = new TemporaryDirectory();
        Directory.CreateDirectory(home.At("tree/near/deep"));
        File.WriteAllText(home.At(".npmrc"), "min-release-age=99");
        File.WriteAllText(home.At("tree/near/.npmrc"), "min-release-age=2");
        var settings = CooldownSettings.Read(home.At("tree"));
        Assert.Equal("near/.npmrc", settings.Of(OfNpm("a", file: "near/deep/package-lock.json"))!.File);
        Assert.Null(settings.Of(OfNpm("a", file: "package-lock.json")));
        Assert.Null(settings.Of(OfNpm("a", file: "near/yarn.lock")));
        Assert.Null(settings.Of(new PackageEntry(Ecosystem.Crates, "a", "1", "near/Cargo.lock", 1)));
    }

    [Theory]
    [InlineData(".npmrc", "x=1\nmin-release-age=soon", "package-lock.json", 2)]
    [InlineData("pnpm-workspace.yaml", "packages: []\nminimumReleaseAge: [1]", "pnpm-lock.yaml", 2)]
    [InlineData("bunfig.toml", "[install]\nminimumReleaseAge = -1", "bun.lock", 2)]
    [InlineData("uv.toml", "exclude-newer = \"tomorrow\"", "uv.lock", 1)]
    public void A_setting_that_says_nothing_is_reported_once(string file, string text, string named, int line)
    {
        using var tree = new TemporaryDirectory();
        File.WriteAllText(tree.At(file), text);
        var settings = CooldownSettings.Read(tree.Path);
        Assert.Null(settings.Of(Entry(named)));
        Assert.Null(settings.Of(Entry(named)));
        Assert.Equal((file, line), (Assert.Single(settings.Unread).File, settings.Unread[0].Line));
    }

    [Fact]
    public void The_registry_s_day_goes_before_the_lockfile_s()
    {
        var entry = Entry("uv.lock") with { Published = Now.AddYears(-1) };
        Assert.Equal(TimeSpan.FromDays(365), Cooldown.Age(entry, null, Now));
        var facts = new RegistryFacts(new PackageFacts("a", Now, true, new Dictionary<string, VersionFacts>()), new VersionFacts(true) { Published = Now.AddHours(-1) });
        Assert.Equal(TimeSpan.FromHours(1), Cooldown.Age(entry, facts, Now));
        Assert.Null(Cooldown.Age(Entry("uv.lock"), null, Now));
    }

    private static PackageEntry Entry(string file) => new(file.EndsWith("assets.json", StringComparison.Ordinal) ? Ecosystem.NuGet : file == "uv.lock" ? Ecosystem.PyPI : Ecosystem.Npm, "a", "1.0.0", file, 1);
}
