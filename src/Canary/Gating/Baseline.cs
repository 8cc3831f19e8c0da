using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Canary.Commands;
using Canary.Scanning;

namespace Canary.Gating;

/// <summary>What an earlier scan found, or one of the base: the findings by their keys, and the packages.</summary>
/// <param name="Name">As people call it: the reference of git, or the file.</param>
/// <param name="Packages">Purls, each once.</param>
internal sealed record Baseline(string Name, IReadOnlySet<string> Keys, IReadOnlySet<string> Packages)
{
    private const int Version = 1;
    private const int MostLines = 4_000_000;
    private const int MostLine = 64 * 1024;

    public static Baseline Of(string name, ScanReport report) => new(
        name, report.Findings.Select(f => KeyOf(f, report.Directory)).OfType<string>().ToHashSet(StringComparer.Ordinal), report.Inventory.Packages.Select(p => p.Purl).ToHashSet(StringComparer.Ordinal));

    /// <summary>
    /// What tells a finding from another. For a file that could not be read its content counts, too: another one may hide something
    /// new; null where even that cannot be had, so that it is new each time.
    /// </summary>
    public static string? KeyOf(ScanFinding finding, string root) =>
        !finding.IsUnread ? finding.Fingerprint : DigestOf(root, finding.File) is { } digest ? finding.Fingerprint + ":" + digest : null;

    /// <summary>Writes it as NDJSON: a head with the version of the format, then a line a finding and a package.</summary>
    public static void Write(string file, ScanReport report)
    {
        using var to = new StreamWriter(file, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        to.WriteLine(JsonLine.Of("baseline", w =>
        {
            w.WriteNumber("version", Version);
            w.WriteString("by", VersionText.Number);
        }));
        foreach (var (key, finding) in report.Findings.Select(f => (Key: KeyOf(f, report.Directory), f)).Where(f => f.Key is not null).DistinctBy(f => f.Key).OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            to.WriteLine(JsonLine.Of("finding", w =>
            {
                w.WriteString("key", key);
                w.WriteString("rule", finding.Rule.Slug);
                w.WriteString("identity", finding.Identity);
                w.WriteString("file", finding.File);
            }));
        }

        foreach (string purl in report.Inventory.Packages.Select(p => p.Purl).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            to.WriteLine(JsonLine.Of("package", w => w.WriteString("purl", purl)));
    }

    /// <summary>Throws <see cref="GateException"/> for a file that is no baseline of a version known here.</summary>
    public static Baseline Read(string file)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var packages = new HashSet<string>(StringComparer.Ordinal);
        int number = 0;
        try
        {
            foreach (string line in File.ReadLines(file))
            {
                number++;
                if (number > MostLines || line.Length > MostLine)
                    throw new GateException(string.Create(CultureInfo.InvariantCulture, $"{file}:{number}: too long for a baseline; write it anew with --save-baseline"));
                using var json = JsonDocument.Parse(line);
                string? kind = Text(json.RootElement, "kind");
                if (number == 1 && (kind != "baseline" || !json.RootElement.TryGetProperty("version", out var version) || !version.TryGetInt32(out int written) || written != Version))
                    throw new GateException($"{file}:1: no baseline of version {Version}; write it anew with --save-baseline");
                if (kind == "finding" && Text(json.RootElement, "key") is { } key)
                    keys.Add(key);
                else if (kind == "package" && Text(json.RootElement, "purl") is { } purl)
                    packages.Add(purl);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new GateException(string.Create(CultureInfo.InvariantCulture, $"{file}:{number}: no line of a baseline; write it anew with --save-baseline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GateException($"{file}: {e.Message}");
        }

        return number > 0 ? new Baseline(file, keys, packages) : throw new GateException($"{file}: empty; write it anew with --save-baseline");
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? DigestOf(string root, string file)
    {
        try
        {
            string full = Path.Combine(root, file);
            if (file.Length == 0 || new FileInfo(full) is not { Exists: true, LinkTarget: null, Length: > 0 })
                return null;
            using var stream = File.OpenRead(full);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
