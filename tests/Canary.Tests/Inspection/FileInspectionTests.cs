using Canary.Advisories;
using Canary.Inspection;
using Canary.Packages;
using Canary.Rules;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Inspection;

/// <summary>Real trees: which files are searched, whose they are, when they run.</summary>
public sealed class FileInspectionTests : IDisposable
{
    // Says what it sees of every file.
    private const string Everything = """
        title: t
        id: 3b0f9d0e-2f4e-4e0c-9a51-1f0c9d1f7a01
        logsource: {product: canary, category: package_file}
        detection: {s: {Size|gte: 0}, condition: s}
        """;

    private readonly TemporaryDirectory _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("node_modules/a/lib/x.js", "npm", "a", null, "lib/x.js")]
    [InlineData("node_modules/@s/b/x.js", "npm", "@s/b", null, "x.js")]
    [InlineData("node_modules/a/node_modules/c/x.js", "npm", "c", null, "x.js")]
    [InlineData("venv/lib/python3.12/site-packages/pkg/mod.py", "PyPI", "pkg", null, "mod.py")]
    [InlineData("lib/site-packages/evil.pth", "PyPI", "evil.pth", null, "evil.pth")]
    [InlineData("lib/site-packages/pkg-1.0.dist-info/RECORD", "PyPI", "pkg", null, "RECORD")]
    [InlineData("home/.nuget/packages/a.b/1.2.3/build/a.b.targets", "NuGet", "a.b", "1.2.3", "build/a.b.targets")]
    [InlineData("vendor/acme/lib/src/a.php", "Packagist", "acme/lib", null, "src/a.php")]
    [InlineData(".cargo/registry/src/index.crates.io-1/serde-1.0.2/build.rs", "crates.io", "serde", "1.0.2", "build.rs")]
    [InlineData("usr/gems/my-gem-2.1.0/ext/extconf.rb", "RubyGems", "my-gem", "2.1.0", "ext/extconf.rb")]
    [InlineData(".vscode/extensions/acme.tool-3.0.0/main.js", "VSCode", "acme.tool", "3.0.0", "main.js")]
    public void A_place_tells_whose_file_it_is(string path, string ecosystem, string name, string? version, string within)
    {
        Write(path, "x");
        var file = Assert.Single(Files());
        Assert.Equal((ecosystem, name, version), (file.Folder.Ecosystem, file.Folder.Name, file.Folder.Version));
        Assert.Equal(within, file.Folder.Within(file.Path));
    }

    [Theory]
    [InlineData("src/index.js")]
    [InlineData("node_modules/.bin/x")]
    [InlineData("vendor/github.com/x/y/z.go")]
    [InlineData("packages/core/lib/a.js")]
    public void What_is_the_projects_own_is_not_searched(string path)
    {
        Write(path, "x");
        Assert.Empty(Files());
    }

    [Fact]
    public void NuGets_mark_makes_any_directory_a_package()
    {
        Write("cache/newtonsoft.json/13.0.3/.nupkg.metadata", "{}");
        Write("cache/newtonsoft.json/13.0.3/build/newtonsoft.json.targets", "<Project/>");
        var targets = Files().Single(f => f.Path.EndsWith(".targets", StringComparison.Ordinal));
        Assert.Equal("pkg:nuget/newtonsoft.json@13.0.3", targets.Purl);
        Assert.Equal("build", Get(targets, "Phase"));
    }

    [Fact]
    public void A_root_inside_of_a_package_is_that_package()
    {
        Write("node_modules/a/package.json", """{"name":"a","version":"2.0.0","scripts":{"install":"node i"}}""");
        Write("node_modules/a/i.js", "x");
        var files = Files(_tree.At("node_modules/a"));
        Assert.Equal(("install", "pkg:npm/a@2.0.0"), (Get(files.Single(f => f.Path == "i.js"), "Phase"), files[0].Purl));
    }

    [Fact]
    public void Manifests_say_what_runs_and_when()
    {
        Write("node_modules/a/package.json", """{"name":"a","version":"1.0.0","main":"./lib/main","scripts":{"preinstall":"node ./tools/setup && bash run.sh","prepare":"node prepare.js","test":"node t.js"}}""");
        foreach (string file in (string[])["tools/setup.js", "run.sh", "prepare.js", "t.js", "lib/main.js", "other.js"])
            Write("node_modules/a/" + file, "x");
        var phases = Files().ToDictionary(f => f.Folder.Within(f.Path), f => Get(f, "Phase"));
        Assert.Equal("install", phases["tools/setup.js"]);
        Assert.Equal("install", phases["run.sh"]);
        Assert.Equal("import", phases["lib/main.js"]);
        // npm runs prepare of repositories only, never of what a registry delivers.
        Assert.Null(phases["prepare.js"]);
        Assert.Null(phases["t.js"]);
        Assert.Null(phases["other.js"]);
        Assert.Equal("preinstall: node ./tools/setup && bash run.sh", Get(Files().Single(f => f.Path.EndsWith("package.json", StringComparison.Ordinal)), "Scripts"));
    }

    [Fact]
    public void A_project_runs_what_it_prepares()
    {
        Write("package.json", """{"scripts":{"prepare":"husky"}}""");
        Assert.Equal("prepare: husky", Get(Assert.Single(Files()), "Scripts"));
    }

    [Fact]
    public void Composer_says_what_it_loads_and_which_class_is_its_plugin()
    {
        Write("vendor/acme/lib/composer.json", """{"name":"acme/lib","version":"1.0","type":"composer-plugin","autoload":{"files":["src/helpers.php"]},"extra":{"class":"Acme\\Lib\\Plugin"}}""");
        foreach (string file in (string[])["src/helpers.php", "src/Plugin.php", "src/Else.php"])
            Write("vendor/acme/lib/" + file, "<?php");
        var phases = Files().ToDictionary(f => f.Folder.Within(f.Path), f => Get(f, "Phase"));
        Assert.Equal(("import", "install", null), (phases["src/helpers.php"], phases["src/Plugin.php"], phases["src/Else.php"]));
    }

    [Fact]
    public void A_broken_manifest_runs_nothing_and_its_files_are_searched_all_the_same()
    {
        Write("node_modules/a/package.json", """{"scripts":{"preinstall":"node x.js" """);
        Write("node_modules/a/x.js", "x");
        Assert.Equal(2, Files().Count);
    }

    [Fact]
    public void A_known_payload_is_told_by_its_bytes_alone()
    {
        // The only payload that is known by heart: nothing harmful is in the repository, so an index is made that names this text.
        Write("node_modules/a/harmless.txt", "inert");
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("inert"u8));
        using var sample = new Advisories.Sample();
        using var known = new KnownBad([Advisories.Sample.Index(sample.Write("payloads.txt", $"# {new string((char)61, 40)}\n# test campaign\n# {new string((char)61, 40)}\n{digest}  harmless.txt\n"))]);
        var inspection = new FileInspection(_tree.At("node_modules"), Book(), known, TimeProvider.System);
        new PackageScan(_tree.At("node_modules"), meet: inspection.Meet).Run();
        var hit = Assert.Single(inspection.Run().Payloads);
        Assert.Equal((digest, "test campaign"), (hit.Sha256, hit.Payload.Campaign));
    }

    [Fact]
    public void What_two_files_of_one_package_have_is_joined_and_of_two_packages_is_not()
    {
        foreach (string package in (string[])["a", "b", "c"])
        {
            Write($"node_modules/{package}/package.json", """{"name":"x","version":"1.0.0","scripts":{"preinstall":"node start.js"}}""");
            if (package != "c")
                Write($"node_modules/{package}/start.js", "require('child_process').spawn('node', ['payload.js'])");
            if (package != "b")
                Write($"node_modules/{package}/payload.js", new string(' ', 6000) + "var _0x1a2b=_0x3c4d(_0x5e6f)");
        }

        var book = RuleLoader.Load(RuleSources.BuiltIn("packages/")).Book;
        var inspection = new FileInspection(_tree.Path, book, null, TimeProvider.System);
        new PackageScan(_tree.Path, meet: inspection.Meet).Run();
        var joined = inspection.Run().Findings.Where(f => f.Rule.Slug == "packages_install_starts_obfuscated_payload").ToList();
        Assert.Equal("node_modules/a", ((PackageFile)Assert.Single(joined).Subject).Folder.Root);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_tree.At(path))!);
        File.WriteAllText(_tree.At(path), text);
    }

    private List<PackageFile> Files(string? root = null)
    {
        var inspection = new FileInspection(root ?? _tree.Path, Book(), null, TimeProvider.System);
        new PackageScan(root ?? _tree.Path, meet: inspection.Meet).Run();
        return [.. inspection.Run().Findings.Select(f => (PackageFile)f.Subject).OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    private static RuleBook Book() => RuleLoader.Load([new RuleSource("t.yml", Everything)]).Book;

    private static string? Get(PackageFile file, string field) => file.Get(Canary.Findings.Field.Named(field)).ToString();
}
