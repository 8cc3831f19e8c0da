using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Canary.Tests.Support;

namespace Canary.Tests.Registries;

/// <summary>npm's registry with the packages that a test puts in it.</summary>
internal sealed class FakeNpm : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, WebAnswer> _answers = new(StringComparer.Ordinal);
    private readonly WebServer _server;

    public FakeNpm() => _server = WebServer.Start(path => _answers.GetValueOrDefault(path, WebAnswer.NotFound));

    public Uri Address => _server.Address;

    public IReadOnlyList<string> Requests => _server.Requests;

    public int MostOpen => _server.MostOpen;

    /// <summary>A package with its versions, oldest first.</summary>
    public void Put(string name, params NpmVersion[] versions) => Answer(name, WebAnswer.Of(Document(name, versions)));

    /// <summary>What is answered for a name.</summary>
    public void Answer(string name, WebAnswer answer) => _answers["/" + name.Replace("/", "%2f", StringComparison.Ordinal)] = answer;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public static string Document(string name, params NpmVersion[] versions)
    {
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer))
        {
            w.WriteStartObject();
            w.WriteString("_id", name);
            w.WriteString("name", name);
            w.WriteStartObject("dist-tags");
            w.WriteString("latest", versions.LastOrDefault()?.Version ?? "");
            w.WriteEndObject();
            w.WriteStartObject("versions");
            foreach (var version in versions.Where(v => !v.Removed))
            {
                w.WriteStartObject(version.Version);
                w.WriteString("name", name);
                w.WriteString("version", version.Version);
                w.WriteString("readme", new string('x', version.ReadmeLength));
                if (version.Deprecated is not null)
                    w.WriteString("deprecated", version.Deprecated);
                w.WriteStartObject("scripts");
                w.WriteString(version.Script, "node x.js");
                w.WriteEndObject();
                w.WriteStartObject("_npmUser");
                w.WriteString("name", version.Publisher);
                w.WriteString("email", "x@example.org");
                if (version.Trusted)
                {
                    w.WriteStartObject("trustedPublisher");
                    w.WriteString("id", "github");
                    w.WriteEndObject();
                }

                w.WriteEndObject();
                w.WriteStartObject("dist");
                w.WriteString("integrity", "sha512-x");
                if (version.Attested)
                {
                    w.WriteStartObject("attestations");
                    w.WriteString("url", "https://registry.npmjs.org/-/npm/v1/attestations/x");
                    w.WriteEndObject();
                }

                w.WriteEndObject();
                w.WriteEndObject();
            }

            w.WriteEndObject();
            w.WriteStartArray("maintainers");
            w.WriteStartObject();
            w.WriteString("name", "alice");
            w.WriteEndObject();
            w.WriteEndArray();
            w.WriteStartObject("time");
            w.WriteString("created", "2010-01-01T00:00:00Z");
            w.WriteString("modified", "2030-01-01T00:00:00Z");
            foreach (var version in versions)
                w.WriteString(version.Version, version.Published);
            w.WriteEndObject();
            w.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}

internal sealed record NpmVersion(string Version, DateTimeOffset Published, string Publisher = "alice")
{
    public string? Deprecated { get; init; }
    public bool Attested { get; init; }
    public bool Trusted { get; init; }
    public bool Removed { get; init; }
    public string Script { get; init; } = "test";
    public int ReadmeLength { get; init; } = 10;
}
