using Xunit;
using static Canary.Tests.Registries.RegistryWorld;

namespace Canary.Tests.Registries;

public sealed class RegistryCacheTests
{
    [Fact]
    public async Task What_is_kept_only_its_owner_reads()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var world = await Asked();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(world.CacheDirectory))));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(world.CacheDirectory));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"form\": 1, \"name\": \"a\", \"asked\": \"2026-11-01T12:00:00Z\", \"exists\": true, \"owners\": 3}")]
    [InlineData("{\"form\": 2}")]
    [InlineData("{\"form\": \"1\"}")]
    [InlineData("{\"form\": 1, \"name\": \"other\", \"asked\": \"2026-11-01T12:00:00Z\", \"exists\": true, \"owners\": [], \"owners_before\": [], \"versions\": {\"1.0.0\": {\"exists\": true}}}")]
    [InlineData("{\"form\": 1, \"name\": \"a\", \"asked\": \"2999-11-01T12:00:00Z\", \"exists\": true, \"owners\": [], \"owners_before\": [], \"versions\": {\"1.0.0\": {\"exists\": true}}}")]
    public async Task What_is_kept_and_not_as_it_should_be_is_asked_again(string kept)
    {
        await using var world = await Asked();
        File.WriteAllText(Directory.GetFiles(world.CacheDirectory).Single(), kept);
        Assert.Equal("gone", (await world.AskAsync(OfNpm("a"))).Of(OfNpm("a"))!.Version!.Deprecated);
        Assert.Equal(2, world.Npm.Requests.Count);
    }

    [Fact]
    public async Task A_link_or_a_mountain_in_its_place_is_not_read()
    {
        await using var world = await Asked();
        string file = Directory.GetFiles(world.CacheDirectory).Single();
        File.WriteAllText(file, File.ReadAllText(file) + new string(' ', 300_000));
        await world.AskAsync(OfNpm("a"));
        Assert.Equal(2, world.Npm.Requests.Count);
        string aside = file + ".aside";
        File.Move(file, aside);
        File.CreateSymbolicLink(file, aside);
        await world.AskAsync(OfNpm("a"));
        Assert.Equal(3, world.Npm.Requests.Count);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_no_reason_to_fail()
    {
        await using var world = new RegistryWorld();
        world.Npm.Put("a", new NpmVersion("1.0.0", Now));
        Directory.CreateDirectory(Path.GetDirectoryName(world.CacheDirectory)!);
        File.WriteAllText(world.CacheDirectory, "a file where a directory should be");
        Assert.True((await world.AskAsync(OfNpm("a"))).Of(OfNpm("a"))!.Version!.Exists);
    }

    [Fact]
    public async Task What_a_killed_scan_left_and_what_is_a_year_old_is_swept()
    {
        await using var world = await Asked();
        string half = Path.Combine(world.CacheDirectory, "x.json.0123"), old = Path.Combine(world.CacheDirectory, "old.json");
        foreach (string file in (string[])[half, old])
        {
            File.WriteAllText(file, "{}");
            File.SetLastWriteTimeUtc(file, Now.AddYears(-2).UtcDateTime);
        }

        await world.AskAsync(OfNpm("a"));
        Assert.Equal((false, false), (File.Exists(half), File.Exists(old)));
        Assert.Single(Directory.GetFiles(world.CacheDirectory));
    }

    private static async Task<RegistryWorld> Asked()
    {
        var world = new RegistryWorld();
        world.Npm.Put("a", new NpmVersion("1.0.0", Now.AddYears(-1)) { Deprecated = "gone" });
        await world.AskAsync(OfNpm("a"));
        return world;
    }
}
