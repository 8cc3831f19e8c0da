using System.Runtime.CompilerServices;

namespace Canary.EndToEnd.Support;

/// <summary>
/// What the tests need of the machine, made ready once: root, the tools, the pinned agent CLIs, and the compiled tricks of Native/.
/// What is missing fails every test by name; nothing is skipped.
/// </summary>
public sealed class Machine : IAsyncLifetime
{
    private static readonly string[] Tools = ["curl", "gcc", "git", "make", "python3", "node", "npm", "bash", "base64", "tar"];

    /// <summary>The folder of this project in the checkout.</summary>
    internal static string Project { get; } = Path.GetDirectoryName(Path.GetDirectoryName(SourceOf()))!;

    internal static string Checkout => Path.GetDirectoryName(Path.GetDirectoryName(Project))!;

    /// <summary>The program under test: the Release build, or what CANARY_BINARY names (the AOT binary, say).</summary>
    internal static string Canary =>
        Environment.GetEnvironmentVariable("CANARY_BINARY") is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.Combine(Checkout, "src", "Canary", "bin", "Release", "net10.0", "canary");

    internal static string Claude => Path.Combine(Project, "agents", "node_modules", ".bin", "claude");

    internal static string Codex => Path.Combine(Project, "agents", "node_modules", ".bin", "codex");

    /// <summary>Where the compiled programs of Native/ lie.</summary>
    internal string Native { get; } = Directory.CreateTempSubdirectory("canary-e2e-native-").FullName;

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException("the end-to-end tests load eBPF programs: run them as root (sudo ./dev test)");

        var missing = Tools.Where(t => Find(t) is null).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException($"not on PATH: {string.Join(", ", missing)} (apt-get install curl gcc git make python3 nodejs npm)");
        if (!File.Exists(Canary))
            throw new InvalidOperationException($"no program at {Canary}: dotnet build -c Release Canary.sln");

        await InstallAgentsAsync();
        foreach (var source in Directory.GetFiles(Path.Combine(Project, "Native"), "*.c"))
        {
            var program = Path.Combine(Native, Path.GetFileNameWithoutExtension(source));
            (await Command.RunAsync("gcc", ["-O1", "-Wall", "-Werror", "-o", program, source], TimeSpan.FromMinutes(1))).Good();
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Native, recursive: true);
        return Task.CompletedTask;
    }

    private static async Task InstallAgentsAsync()
    {
        var folder = Path.Combine(Project, "agents");
        var stamp = Path.Combine(folder, "node_modules", ".installed");
        var locked = await File.ReadAllTextAsync(Path.Combine(folder, "package-lock.json"));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == locked && File.Exists(Claude) && File.Exists(Codex))
            return;

        // The packages carry their native binaries in optional packages, and Claude Code's install script links its own into place
        (await Command.RunAsync("npm", ["ci", "--foreground-scripts"], TimeSpan.FromMinutes(5), folder)).Good();
        (await Command.RunAsync(Claude, ["--version"], TimeSpan.FromMinutes(1), folder)).Good();
        (await Command.RunAsync(Codex, ["--version"], TimeSpan.FromMinutes(1), folder)).Good();
        await File.WriteAllTextAsync(stamp, locked);
    }

    private static string? Find(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, tool)).FirstOrDefault(File.Exists);

    private static string SourceOf([CallerFilePath] string path = "") => path;
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneMachine : ICollectionFixture<Machine>
{
    /// <summary>The tests measure times and watch the whole machine: one at a time.</summary>
    public const string Name = "one machine";
}
