namespace Canary.Scanning;

/// <summary>The same objects as NDJSON has, as one.</summary>
internal sealed class ScanJson : IScanFormat
{
    private readonly ScanShapes _shapes = new();

    public string Name => "json";

    public void Write(TextWriter to, ScanReport report) => JsonDocumentText.Write(to, w =>
    {
        w.WriteStartArray("packages");
        foreach (var package in report.Inventory.Packages)
            ScanShapes.Object(w, () => _shapes.Fields(w, package));
        w.WriteEndArray();
        w.WriteStartArray("findings");
        foreach (var finding in report.Findings)
            ScanShapes.Object(w, () => _shapes.Fields(w, finding));
        w.WriteEndArray();
        w.WriteStartArray("changes");
        foreach (var (word, change) in report.Comparison?.Changes.All ?? [])
            ScanShapes.Object(w, () => ScanShapes.Fields(w, word, change));
        w.WriteEndArray();
        w.WritePropertyName("summary");
        ScanShapes.Object(w, () => ScanShapes.Fields(w, report));
    });
}
