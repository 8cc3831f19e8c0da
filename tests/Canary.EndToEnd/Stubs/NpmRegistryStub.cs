using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Stubs;

/// <summary>A package registry of one small package, as a company has one, so that <c>npm install</c> goes through its whole network path on loopback.</summary>
internal sealed class NpmRegistryStub(string package, string version, byte[] tarball) : LoopbackServer
{
    /// <summary>Packs a package with npm itself.</summary>
    public static async Task<NpmRegistryStub> PackAsync(string directory)
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "package.json"), """
            {"name":"small-pad","version":"1.2.0","license":"MIT","main":"index.js","bin":{"small-pad":"cli.js"},"scripts":{"postinstall":"node cli.js ready"}}
            """);
        await File.WriteAllTextAsync(Path.Combine(directory, "index.js"), "module.exports = (s, n) => String(s).padStart(n);\n");
        await File.WriteAllTextAsync(Path.Combine(directory, "cli.js"), "#!/usr/bin/env node\nconsole.log(require('./index.js')(process.argv[2] || '', 8));\n");
        (await Command.RunAsync("npm", ["pack", "--silent"], TimeSpan.FromMinutes(1), directory)).Good();
        return new NpmRegistryStub("small-pad", "1.2.0", await File.ReadAllBytesAsync(Path.Combine(directory, "small-pad-1.2.0.tgz")));
    }

    protected override async Task<bool> AnswerAsync(HttpListenerRequest request, string body, HttpListenerResponse response)
    {
        var file = $"/{package}/-/{package}-{version}.tgz";
        switch (request.Url!.AbsolutePath)
        {
            case var path when path == file:
                await WriteAsync(response, "application/octet-stream", tarball);
                return true;
            case var path when path == "/" + package:
                await WriteJsonAsync(response, Document(Url + file));
                return true;
            case "/health":
                await WriteAsync(response, "application/json", Encoding.UTF8.GetBytes("""{"status":"ok","items":[1,2,3]}"""));
                return true;
            default:
                return false;
        }
    }

    private string Document(string url) => new JsonObject
    {
        ["name"] = package,
        ["dist-tags"] = new JsonObject { ["latest"] = version },
        ["versions"] = new JsonObject
        {
            [version] = new JsonObject
            {
                ["name"] = package,
                ["version"] = version,
                ["main"] = "index.js",
                ["hasInstallScript"] = true,
                ["bin"] = new JsonObject { [package] = "cli.js" },
                ["scripts"] = new JsonObject { ["postinstall"] = "node cli.js ready" },
                ["dist"] = new JsonObject { ["tarball"] = url, ["integrity"] = "sha512-" + Convert.ToBase64String(SHA512.HashData(tarball)) },
            },
        },
    }.ToJsonString();
}
