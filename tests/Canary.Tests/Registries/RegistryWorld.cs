using Canary.Packages;
using Canary.Registries;
using Canary.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Canary.Tests.Registries;

/// <summary>A tree, two registries, a cache and a clock that a test sets.</summary>
internal sealed class RegistryWorld : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _home = new();

    public FakeNpm Npm { get; } = new();

    public FakeNuGet NuGet { get; init; } = new();

    public RegistryClock Time { get; } = new(Now);

    public RegistryLimits Limits { get; init; } = new() { FirstPause = TimeSpan.FromMilliseconds(1), Request = TimeSpan.FromSeconds(5), Budget = TimeSpan.FromSeconds(20) };

    public IReadOnlyList<string> Internal { get; init; } = [];

    public UserRegistries User { get; init; } = UserRegistries.None;

    public string Tree => _home.At("tree");

    public string CacheDirectory => _home.At("state/registries");

    public void Write(string name, string text)
    {
        string path = Path.Combine(Tree, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public async Task<RegistryAnswers> AskAsync(params PackageEntry[] packages)
    {
        Directory.CreateDirectory(Tree);
        Directory.CreateDirectory(_home.At("scratch"));
        using var wire = new RegistryWire(Limits, Time);
        var registries = RegistryList.Of(Npm.Address, NuGet.Address, wire, _home.At("scratch"), Time);
        var lookup = new RegistryLookup(registries, new PublicNames([Tree], Internal, User), new RegistryCache(CacheDirectory, Time), Limits, Time);
        return await lookup.AskAsync(packages, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Npm.DisposeAsync();
        await NuGet.DisposeAsync();
        _home.Dispose();
    }

    public static PackageEntry OfNpm(string name, string? version = "1.0.0", string file = "package-lock.json") => new(Ecosystem.Npm, name, version, file, 3);

    public static PackageEntry OfNuGet(string name, string? version = "1.0.0", string file = "packages.lock.json") => new(Ecosystem.NuGet, name, version, file, 3);
}

/// <summary>Tells the time that a test sets; waiting takes as long as it takes.</summary>
internal sealed class RegistryClock(DateTimeOffset now) : TimeProvider
{
    private readonly FakeTimeProvider _day = new(now);

    public void Advance(TimeSpan by) => _day.Advance(by);

    public override DateTimeOffset GetUtcNow() => _day.GetUtcNow();
}
