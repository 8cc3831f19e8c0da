using System.Globalization;
using System.Text.Json;
using Canary.Alerts.Redaction;
using Canary.Commands;
using Canary.Findings;

namespace Canary.Scanning;

/// <summary>SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code scanning of forges takes it.</summary>
internal sealed class ScanSarif : IScanFormat
{
    private readonly Lazy<Redactor> _redactor = new(() => new Redactor());

    public string Name => "sarif";

    public void Write(TextWriter to, ScanReport report) => JsonDocumentText.Write(to, w =>
    {
        w.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        w.WriteString("version", "2.1.0");
        w.WriteStartArray("runs");
        w.WriteStartObject();
        var rules = report.Findings.Select(f => f.Rule).DistinctBy(r => r.Id).OrderBy(r => r.Slug, StringComparer.Ordinal).ToList();
        w.WritePropertyName("tool");
        ScanShapes.Object(w, () =>
        {
            w.WritePropertyName("driver");
            ScanShapes.Object(w, () =>
            {
                w.WriteString("name", "Canary");
                w.WriteString("semanticVersion", VersionText.Number);
                w.WriteStartArray("rules");
                foreach (var rule in rules)
                    ScanShapes.Object(w, () => Rule(w, rule));
                w.WriteEndArray();
            });
        });
        w.WriteString("columnKind", "utf16CodeUnits");
        w.WriteStartArray("results");
        foreach (var finding in report.Findings)
            ScanShapes.Object(w, () => Result(w, finding, rules.FindIndex(r => r.Id == finding.Rule.Id), report.Comparison is not null));
        w.WriteEndArray();
        w.WriteEndObject();
        w.WriteEndArray();
    });

    private static void Rule(Utf8JsonWriter w, RuleFacts rule)
    {
        w.WriteString("id", rule.Slug);
        w.WriteString("guid", rule.Id);
        w.WritePropertyName("shortDescription");
        ScanShapes.Object(w, () => w.WriteString("text", rule.Title));
        w.WritePropertyName("fullDescription");
        ScanShapes.Object(w, () => w.WriteString("text", rule.Why ?? rule.Title));
        w.WritePropertyName("defaultConfiguration");
        ScanShapes.Object(w, () => w.WriteString("level", LevelOf(rule.Level)));
        w.WritePropertyName("properties");
        ScanShapes.Object(w, () =>
        {
            // What GitHub sorts by: a number as text, after CVSS.
            w.WriteString("security-severity", rule.Level switch { Level.Critical => "9.5", Level.High => "8.0", Level.Medium => "5.5", Level.Low => "3.0", _ => "0.0" });
            w.WriteStartArray("tags");
            w.WriteStringValue("security");
            foreach (string tag in rule.Tags)
                w.WriteStringValue(tag);
            w.WriteEndArray();
        });
    }

    private void Result(Utf8JsonWriter w, ScanFinding finding, int rule, bool compared)
    {
        w.WriteString("ruleId", finding.Rule.Slug);
        w.WriteNumber("ruleIndex", rule);
        w.WriteString("level", LevelOf(finding.Rule.Level));
        w.WritePropertyName("message");
        ScanShapes.Object(w, () => w.WriteString("text", _redactor.Value.Redact($"{finding.Identity}: {finding.Why}{string.Concat(finding.Do.Select(step => " " + step))}")));
        w.WriteStartArray("locations");
        ScanShapes.Object(w, () =>
        {
            w.WritePropertyName("physicalLocation");
            ScanShapes.Object(w, () =>
            {
                w.WritePropertyName("artifactLocation");
                ScanShapes.Object(w, () => w.WriteString("uri", string.Join('/', finding.File.Split('/').Select(Uri.EscapeDataString))));
                if (finding.Line > 0)
                {
                    w.WritePropertyName("region");
                    ScanShapes.Object(w, () => w.WriteNumber("startLine", finding.Line));
                }
            });
        });
        w.WriteEndArray();
        w.WritePropertyName("partialFingerprints");
        // Without the line: a package that moves down a lockfile is the same finding.
        ScanShapes.Object(w, () => w.WriteString("canary/v1", finding.Fingerprint));
        if (compared)
            w.WriteString("baselineState", finding.Existing ? "unchanged" : "new");
        Suppressions(w, finding);
    }

    // An empty list says that it was asked, and that nobody waives it.
    private void Suppressions(Utf8JsonWriter w, ScanFinding finding)
    {
        w.WriteStartArray("suppressions");
        if (finding.Waived is { } waived)
        {
            ScanShapes.Object(w, () =>
            {
                w.WriteString("kind", "external");
                w.WriteString("status", "accepted");
                w.WriteString("justification", _redactor.Value.Redact(string.Create(CultureInfo.InvariantCulture, $"{waived.Reason} ({waived.Owner}, until {waived.Until:yyyy-MM-dd}, {waived.Place})")));
            });
        }

        w.WriteEndArray();
    }

    private static string LevelOf(Level level) => level switch
    {
        Level.Critical or Level.High => "error",
        Level.Medium => "warning",
        _ => "note",
    };
}
