using System.Diagnostics;
using System.Text;
using Canary.Packages;
using Canary.Packages.Npm;
using Xunit;
using Xunit.Abstractions;

namespace Canary.Tests.Packages.Npm;

/// <summary>A lockfile is read in time that grows with its size: all packages are asked for, which a list would be searched for one by one.</summary>
public sealed class LockfileSpeedTests(ITestOutputHelper output)
{
    private const int Entries = 5_000;

    // Some 10 ms on an idle machine; a search in lists takes seconds.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("package-lock.json")]
    [InlineData("pnpm-lock.yaml")]
    [InlineData("yarn.lock")]
    [InlineData("berry/yarn.lock")]
    [InlineData("bun.lock")]
    public void Five_thousand_packages_are_read_at_once(string path)
    {
        var file = new SourceFile(path, Encoding.UTF8.GetBytes(Text(path)));
        IPackageFileReader reader = path switch
        {
            "package-lock.json" => new PackageLockReader(),
            "pnpm-lock.yaml" => new PnpmLockReader(),
            "bun.lock" => new BunLockReader(),
            _ => new YarnLockReader(),
        };
        var best = TimeSpan.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            var inventory = new Inventory();
            var watch = Stopwatch.StartNew();
            reader.Read(file with { }, inventory);
            best = best < watch.Elapsed ? best : watch.Elapsed;
            Assert.Empty(inventory.UnreadParts);
            Assert.Equal(Entries, inventory.Packages.Count);
        }

        output.WriteLine($"{path}: {file.Bytes.Length / 1024} KiB in {best.TotalMilliseconds:F1} ms");
        Assert.True(best < MostTime, $"{path}: {best.TotalMilliseconds} ms");
    }

    private static string Text(string path)
    {
        string integrity = "sha512-" + new string('a', 86) + "==";
        var all = Enumerable.Range(0, Entries);
        string asked = string.Join(",", all.Select(i => $"\"package-{i}\": \"^1.0.{i}\""));
        return path switch
        {
            "package-lock.json" => $$"""{ "lockfileVersion": 3, "packages": { "": { "dependencies": { {{asked}} } }, """ + string.Join(",\n", all.Select(i =>
                $$"""    "node_modules/package-{{i}}": { "version": "1.0.{{i}}", "resolved": "https://registry.npmjs.org/package-{{i}}/-/package-{{i}}-1.0.{{i}}.tgz", "integrity": "{{integrity}}", "engines": { "node": ">=18" } }""")) + "}}",
            "bun.lock" => $$"""{ "lockfileVersion": 1, "workspaces": { "": { "dependencies": { {{asked}} } } }, "packages": { """ + string.Join(",\n", all.Select(i =>
                $$"""    "package-{{i}}": ["package-{{i}}@1.0.{{i}}", "", {}, "{{integrity}}"]""")) + "}}",
            "pnpm-lock.yaml" => "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n" + string.Concat(all.Select(i => $"      package-{i}:\n        specifier: ^1.0.{i}\n        version: 1.0.{i}\n"))
                + "\npackages:\n\n" + string.Concat(all.Select(i => $"  package-{i}@1.0.{i}:\n    resolution: {{integrity: {integrity}}}\n    engines: {{node: '>=18'}}\n\n"))
                + "snapshots:\n\n" + string.Concat(all.Select(i => $"  package-{i}@1.0.{i}:\n    dependencies:\n      package-{(i + 1) % Entries}: 1.0.{(i + 1) % Entries}\n\n")),
            "yarn.lock" => string.Concat(all.Select(i => $"package-{i}@^1.0.{i}:\n  version \"1.0.{i}\"\n  resolved \"https://registry.yarnpkg.com/package-{i}/-/package-{i}-1.0.{i}.tgz#{i:x40}\"\n  integrity {integrity}\n  dependencies:\n    other \"^1\"\n\n")),
            _ => "__metadata:\n  version: 8\n\n" + string.Concat(all.Select(i => $"\"package-{i}@npm:^1.0.{i}\":\n  version: 1.0.{i}\n  resolution: \"package-{i}@npm:1.0.{i}\"\n  dependencies:\n    other: \"npm:^1\"\n  checksum: 10c0/{integrity}\n  languageName: node\n  linkType: hard\n\n")),
        };
    }
}
