using System.Globalization;
using System.Text.Json;

namespace Canary.Registries;

/// <summary>An answer as the cache holds it: JSON, with the number of its form.</summary>
internal static class CachedFacts
{
    private const int Form = 1;

    public static byte[] Write(PackageFacts facts)
    {
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer))
        {
            w.WriteStartObject();
            w.WriteNumber("form", Form);
            w.WriteString("name", facts.Name);
            Time(w, "asked", facts.Asked);
            w.WriteBoolean("exists", facts.Exists);
            Time(w, "first_published", facts.FirstPublished);
            Texts(w, "owners", facts.Owners);
            Texts(w, "owners_before", facts.OwnersBefore);
            Time(w, "owners_changed", facts.OwnersChanged);
            w.WriteStartObject("versions");
            foreach (var (version, one) in facts.Versions)
            {
                w.WriteStartObject(version);
                Version(w, one);
                w.WriteEndObject();
            }

            w.WriteEndObject();
            w.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Null for what is no answer of this form.</summary>
    public static PackageFacts? Read(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            if (root.GetProperty("form").GetInt32() != Form || Time(root, "asked") is not { } asked)
                return null;
            var versions = new Dictionary<string, VersionFacts>(StringComparer.Ordinal);
            foreach (var version in root.GetProperty("versions").EnumerateObject())
                versions[version.Name] = Version(version.Value);
            return new PackageFacts(root.GetProperty("name").GetString()!, asked, root.GetProperty("exists").GetBoolean(), versions)
            {
                FirstPublished = Time(root, "first_published"),
                Owners = Texts(root, "owners"),
                OwnersBefore = Texts(root, "owners_before"),
                OwnersChanged = Time(root, "owners_changed"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static void Version(Utf8JsonWriter w, VersionFacts version)
    {
        w.WriteBoolean("exists", version.Exists);
        Truth(w, "removed", version.WasRemoved);
        Time(w, "published", version.Published);
        Truth(w, "listed", version.Listed, always: true);
        Text(w, "deprecated", version.Deprecated);
        Text(w, "alternate", version.Alternate);
        Truth(w, "provenance", version.HasProvenance, always: true);
        Truth(w, "prior_provenance", version.PriorHasProvenance);
        Text(w, "publisher", version.Publisher);
        Truth(w, "first_of_publisher", version.IsFirstOfPublisher);
        Truth(w, "trusted_publisher", version.IsTrustedPublisher);
        Truth(w, "install_script", version.HasInstallScript);
        if (version.Vulnerabilities.Count == 0)
            return;
        w.WriteStartArray("vulnerabilities");
        foreach (var (advisory, severity) in version.Vulnerabilities)
        {
            w.WriteStartObject();
            w.WriteString("advisory", advisory);
            w.WriteNumber("severity", severity);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static VersionFacts Version(JsonElement e) => new(e.GetProperty("exists").GetBoolean())
    {
        WasRemoved = Truth(e, "removed") == true,
        Published = Time(e, "published"),
        Listed = Truth(e, "listed"),
        Deprecated = Text(e, "deprecated"),
        Alternate = Text(e, "alternate"),
        HasProvenance = Truth(e, "provenance"),
        PriorHasProvenance = Truth(e, "prior_provenance") == true,
        Publisher = Text(e, "publisher"),
        IsFirstOfPublisher = Truth(e, "first_of_publisher") == true,
        IsTrustedPublisher = Truth(e, "trusted_publisher") == true,
        HasInstallScript = Truth(e, "install_script") == true,
        Vulnerabilities = e.TryGetProperty("vulnerabilities", out var list)
            ? [.. list.EnumerateArray().Select(v => new KnownVulnerability(v.GetProperty("advisory").GetString() ?? "", Math.Clamp(v.GetProperty("severity").GetInt32(), 0, 3)))] : [],
    };

    private static void Text(Utf8JsonWriter w, string name, string? value)
    {
        if (value is not null)
            w.WriteString(name, value);
    }

    private static void Truth(Utf8JsonWriter w, string name, bool? value, bool always = false)
    {
        if (value is { } truth && (truth || always))
            w.WriteBoolean(name, truth);
    }

    private static void Time(Utf8JsonWriter w, string name, DateTimeOffset? value)
    {
        if (value is { } at)
            w.WriteString(name, at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
    }

    private static void Texts(Utf8JsonWriter w, string name, IReadOnlyList<string> values)
    {
        w.WriteStartArray(name);
        foreach (string value in values)
            w.WriteStringValue(value);
        w.WriteEndArray();
    }

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool? Truth(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetBoolean() : null;

    private static DateTimeOffset? Time(JsonElement e, string name) => e.TryGetProperty(name, out var value)
        ? DateTimeOffset.Parse(value.GetString() ?? "", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) : null;

    private static string[] Texts(JsonElement e, string name) => [.. e.GetProperty(name).EnumerateArray().Select(v => v.GetString() ?? "")];
}
