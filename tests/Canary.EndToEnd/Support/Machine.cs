using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Canary.EndToEnd.Support;

/// <summary>
/// What the tests need of the machine, made ready once: root, the tools, the pinned agent CLIs and model loaders, and the compiled tricks of
/// Native/. What is missing fails every test by name; nothing is skipped.
/// </summary>
public sealed class Machine : IAsyncLifetime
{
    private static readonly string[] Tools = ["curl", "gcc", "git", "make", "python3", "node", "npm", "bash", "base64", "tar", "openssl"];

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

    /// <summary>Scripts that load a model as an application does, beside the libraries that they use.</summary>
    internal static string Loaders => Path.Combine(Project, "loaders");

    /// <summary>The C interface to locks as <c>./dev</c> publishes it, or what CANARY_VERIFY_LIBRARY names.</summary>
    internal static string VerifyLibrary =>
        Environment.GetEnvironmentVariable("CANARY_VERIFY_LIBRARY") is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.Combine(Checkout, "artifacts", "library", "libcanary_verify.so");

    /// <summary>Where the compiled programs of Native/ lie.</summary>
    internal string Native { get; } = Directory.CreateTempSubdirectory("canary-e2e-native-").FullName;

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException("the end-to-end tests load eBPF programs: run them as root (sudo ./dev test)");

        var missing = Tools.Where(t => Find(t) is null).ToList();
        if (missing.Count > 0)
            throw new InvalidOperationException($"not on PATH: {string.Join(", ", missing)} (apt-get install curl gcc git make python3 nodejs npm openssl)");
        if (!File.Exists(Canary))
            throw new InvalidOperationException($"no program at {Canary}: dotnet build -c Release Canary.sln");

        if (!File.Exists(VerifyLibrary))
            throw new InvalidOperationException($"no library at {VerifyLibrary}: ./dev test publishes it, or ./dev publish");

        await InstallAsync(Path.Combine(Project, "agents"), [Claude, Codex], "--foreground-scripts");
        await InstallAsync(Loaders, [], "--ignore-scripts", "--omit=optional");
        var headers = Path.Combine(Checkout, "src", "Canary.Native");
        foreach (var source in Directory.GetFiles(Path.Combine(Project, "Native"), "*.c"))
        {
            var program = Path.Combine(Native, Path.GetFileNameWithoutExtension(source));
            (await Command.RunAsync("gcc", ["-O1", "-Wall", "-Werror", "-I", headers, "-o", program, source, "-ldl"], TimeSpan.FromMinutes(1))).Good();
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Native, recursive: true);
        return Task.CompletedTask;
    }

    private static async Task InstallAsync(string folder, string[] programs, params string[] how)
    {
        var pins = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "package.json")))!["dependencies"]!.AsObject();
        if (pins.All(p => Installed(folder, p.Key) == (string?)p.Value) && programs.All(File.Exists))
            return;

        // As the owner of the checkout, so that sudo leaves nothing of root's in it
        string[] npm = ["npm", "ci", .. how];
        var sudoer = Environment.GetEnvironmentVariable("SUDO_USER");
        (await (sudoer is { Length: > 0 } and not "root"
            ? Command.RunAsync("runuser", ["-u", sudoer, "--", .. npm], TimeSpan.FromMinutes(5), folder)
            : Command.RunAsync(npm[0], npm[1..], TimeSpan.FromMinutes(5), folder))).Good();
    }

    private static string? Installed(string folder, string package)
    {
        var file = Path.Combine(folder, "node_modules", package, "package.json");
        return File.Exists(file) ? (string?)JsonNode.Parse(File.ReadAllText(file))!["version"] : null;
    }

    internal static bool Has(string tool) => Find(tool) is not null;

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
