using System.Globalization;
using System.Text.Json;
using Canary.Alerts.Redaction;
using Canary.Findings;
using Canary.Gating;
using Canary.Packages;

namespace Canary.Scanning;

/// <summary>The objects of a scan, in the shapes of the contract.</summary>
internal sealed class ScanShapes
{
    // Its expressions take a while to make, and most scans are written as text.
    private readonly Lazy<Redactor> _redactor = new(() => new Redactor());

    public static void Object(Utf8JsonWriter w, Action fields)
    {
        w.WriteStartObject();
        fields();
        w.WriteEndObject();
    }

    public void Fields(Utf8JsonWriter w, PackageEntry package)
    {
        w.WriteString("purl", package.Purl);
        w.WriteString("file", package.File);
        w.WriteNumber("line", package.Line);
        if (package.Dev is { } dev)
            w.WriteBoolean("dev", dev);
        if (package.Direct is { } direct)
            w.WriteBoolean("direct", direct);
        w.WriteString("ecosystem", package.Ecosystem);
        w.WriteString("name", package.Name);
        Optional(w, "version", package.Version);
        Optional(w, "requested", package.Requested);
        Optional(w, "alias", package.Alias);
        if (package.Origin != PackageOrigin.Registry)
            w.WriteString("origin", package.Origin.ToString().ToLowerInvariant());
        // An URL may carry a password.
        Optional(w, "resolved", package.Resolved is { } resolved ? _redactor.Value.Redact(resolved) : null);
        Optional(w, "integrity", package.Integrity);
        if (package.Published is { } published)
            w.WriteString("published", published);
        if (package.HasInstallScript)
            w.WriteBoolean("install_script", true);
    }

    public void Fields(Utf8JsonWriter w, ScanFinding finding)
    {
        w.WritePropertyName("rule");
        Object(w, () =>
        {
            w.WriteString("id", finding.Rule.Id);
            w.WriteString("title", finding.Rule.Title);
            w.WriteString("level", finding.Rule.Level.Word());
            w.WriteStartArray("tags");
            foreach (string tag in finding.Rule.Tags)
                w.WriteStringValue(tag);
            w.WriteEndArray();
            w.WriteString("slug", finding.Rule.Slug);
        });
        w.WritePropertyName("subject");
        Object(w, () =>
        {
            w.WriteString("type", finding.Type);
            w.WriteString("identity", finding.Identity);
        });
        w.WritePropertyName("location");
        Object(w, () =>
        {
            w.WriteString("file", finding.File);
            w.WriteNumber("line", finding.Line);
        });
        w.WriteStartArray("matched");
        foreach (var matched in finding.Matched)
        {
            Object(w, () =>
            {
                w.WriteString("field", matched.Field);
                w.WriteString("value", _redactor.Value.Redact(matched.Value));
                w.WriteString("by", matched.By);
            });
        }

        w.WriteEndArray();
        w.WriteString("why", _redactor.Value.Redact(finding.Why));
        w.WriteBoolean("waived", finding.Waived is not null);
        if (finding.Waived is { } waived)
        {
            w.WritePropertyName("waiver");
            Object(w, () =>
            {
                w.WriteString("owner", _redactor.Value.Redact(waived.Owner));
                w.WriteString("reason", _redactor.Value.Redact(waived.Reason));
                w.WriteString("until", waived.Until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                w.WriteString("place", waived.Place);
            });
        }

        w.WriteBoolean("existing", finding.Existing);
        w.WriteString("fingerprint", finding.Fingerprint);
        w.WriteStartArray("do");
        foreach (string step in finding.Do)
            w.WriteStringValue(step);
        w.WriteEndArray();
    }

    public static void Fields(Utf8JsonWriter w, ScanReport report)
    {
        w.WriteNumber("alerts", 0);
        w.WriteNumber("findings", report.Findings.Count);
        w.WriteNumber("files", report.Inventory.Files);
        w.WriteNumber("packages", report.Inventory.Packages.Count);
        w.WriteNumber("lost", report.Inventory.Dropped);
        w.WriteNumber("seconds", Math.Round(report.Seconds, 3));
        w.WriteNumber("unread", report.Inventory.UnreadParts.Count + (report.Inspected?.Unread.Count ?? 0));
        if (report.Inspected is { } inspected)
        {
            w.WriteNumber("inspected_files", inspected.Files);
            w.WriteNumber("inspected_bytes", inspected.Bytes);
        }

        w.WriteNumber("waived", report.Findings.Count(f => f.Waived is not null));
        w.WriteNumber("existing", report.Findings.Count(f => f.Existing));
        w.WriteStartArray("excluded");
        foreach (var (glob, files) in report.Excluded)
        {
            Object(w, () =>
            {
                w.WriteString("glob", glob);
                w.WriteNumber("files", files);
            });
        }

        w.WriteEndArray();
        Texts(w, "notes", report.Notes);
        if (report.Comparison is { } comparison)
        {
            w.WritePropertyName("compared");
            Object(w, () =>
            {
                w.WriteString("with", comparison.With);
                w.WriteNumber("gone", comparison.Gone);
                w.WriteNumber("added", comparison.Changes.Added.Count);
                w.WriteNumber("removed", comparison.Changes.Removed.Count);
                w.WriteNumber("changed", comparison.Changes.Changed.Count);
            });
        }
    }

    public static void Fields(Utf8JsonWriter w, string word, PackageChange change)
    {
        w.WriteString("change", word);
        w.WriteString("package", change.Package);
        Texts(w, "was", change.Was);
        Texts(w, "is", change.Is);
    }

    private static void Texts(Utf8JsonWriter w, string name, IReadOnlyList<string> texts)
    {
        w.WriteStartArray(name);
        foreach (string text in texts)
            w.WriteStringValue(text);
        w.WriteEndArray();
    }

    private static void Optional(Utf8JsonWriter w, string name, string? value)
    {
        if (value is not null)
            w.WriteString(name, value);
    }
}
