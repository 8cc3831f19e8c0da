using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Canary.Tests.Support;

namespace Canary.Tests.Registries;

/// <summary>A V3 feed with the packages that a test puts in it: index, registration in pages of its own, flat container, search.</summary>
internal sealed partial class FakeNuGet : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, WebAnswer> _answers = new(StringComparer.Ordinal);
    private readonly WebServer _server;

    /// <param name="withSearch">False for a feed that has none.</param>
    /// <param name="other">Another place for the registration.</param>
    public FakeNuGet(bool withSearch = true, Uri? other = null)
    {
        _server = WebServer.Start(path => _answers.GetValueOrDefault(Asked().Match(path) is { Success: true } query ? "owners of " + query.Groups[1].Value.ToLowerInvariant() : path, WebAnswer.NotFound));
        string at = _server.Address.AbsoluteUri;
        var resources = new List<(string Type, string Address)>
        {
            ("RegistrationsBaseUrl/3.6.0", (other?.AbsoluteUri ?? at) + "registration/"),
            ("PackageBaseAddress/3.0.0", at + "flat/"),
        };
        if (withSearch)
            resources.Add(("SearchQueryService/3.0.0-beta", at + "query"));
        _answers["/v3/index.json"] = WebAnswer.Of(Json(w =>
        {
            w.WriteString("version", "3.0.0");
            w.WriteStartArray("resources");
            foreach (var (type, address) in resources)
            {
                w.WriteStartObject();
                w.WriteString("@id", address);
                w.WriteString("@type", type);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        }));
    }

    public Uri Address => new(_server.Address, "v3/index.json");

    public IReadOnlyList<string> Requests => _server.Requests;

    public void Answer(string path, WebAnswer answer) => _answers[path] = answer;

    public void Put(string name, string[] owners, params NuGetVersion[] versions)
    {
        string id = name.ToLowerInvariant(), page = new Uri(_server.Address, $"registration/{id}/page/0.json").AbsoluteUri;
        void Page(Utf8JsonWriter w)
        {
            w.WriteString("@id", page);
            w.WriteNumber("count", versions.Length);
            w.WriteString("lower", versions[0].Version);
            w.WriteString("upper", versions[^1].Version);
        }

        _answers[$"/registration/{id}/index.json"] = WebAnswer.Of(Json(w =>
        {
            w.WriteNumber("count", 1);
            w.WriteStartArray("items");
            w.WriteStartObject();
            Page(w);
            w.WriteEndObject();
            w.WriteEndArray();
        }));
        _answers[$"/registration/{id}/page/0.json"] = WebAnswer.Of(Json(w =>
        {
            Page(w);
            w.WriteStartArray("items");
            foreach (var version in versions)
            {
                w.WriteStartObject();
                w.WriteString("@id", $"{page}#{version.Version}");
                w.WriteStartObject("catalogEntry");
                Entry(w, name, version);
                w.WriteEndObject();
                w.WriteEndObject();
            }

            w.WriteEndArray();
        }));
        _answers[$"/flat/{id}/index.json"] = WebAnswer.Of(Json(w =>
        {
            w.WriteStartArray("versions");
            foreach (var version in versions)
                w.WriteStringValue(version.Version);
            w.WriteEndArray();
        }));
        Own(name, owners);
    }

    /// <summary>What the search says of a package's owners.</summary>
    public void Own(string name, params string[] owners) => _answers["owners of " + name.ToLowerInvariant()] =
        WebAnswer.Of(Json(w =>
        {
            w.WriteNumber("totalHits", 1);
            w.WriteStartArray("data");
            w.WriteStartObject();
            w.WriteString("id", name);
            w.WriteString("version", "1.0.0");
            w.WriteStartArray("owners");
            foreach (string owner in owners)
                w.WriteStringValue(owner);
            w.WriteEndArray();
            w.WriteNumber("totalDownloads", 7);
            w.WriteStartArray("versions");
            w.WriteEndArray();
            w.WriteEndObject();
            w.WriteEndArray();
        }));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static void Entry(Utf8JsonWriter w, string name, NuGetVersion version)
    {
        w.WriteString("@id", "https://feed.example/" + version.Version);
        w.WriteString("id", name);
        w.WriteString("version", version.Version);
        w.WriteBoolean("listed", version.Listed);
        w.WriteString("published", version.Listed ? version.Published : new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero));
        if (version.Deprecated is not null)
        {
            w.WriteStartObject("deprecation");
            w.WriteString("message", version.Deprecated);
            w.WriteStartArray("reasons");
            w.WriteStringValue("Legacy");
            w.WriteEndArray();
            w.WriteStartObject("alternatePackage");
            w.WriteString("id", "Other.Package");
            w.WriteString("range", "*");
            w.WriteEndObject();
            w.WriteEndObject();
        }

        if (version.Advisory is not null)
        {
            w.WriteStartArray("vulnerabilities");
            w.WriteStartObject();
            w.WriteString("advisoryUrl", version.Advisory);
            w.WriteString("severity", "2");
            w.WriteEndObject();
            w.WriteEndArray();
        }
    }

    [GeneratedRegex("^/query\\?.*\\bq=packageid(?::|%3A)([^&]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();

    private static string Json(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer))
        {
            w.WriteStartObject();
            members(w);
            w.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}

internal sealed record NuGetVersion(string Version, DateTimeOffset Published)
{
    public bool Listed { get; init; } = true;
    public string? Deprecated { get; init; }
    public string? Advisory { get; init; }
}
