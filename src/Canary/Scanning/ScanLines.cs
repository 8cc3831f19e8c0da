using Canary.Commands;

namespace Canary.Scanning;

/// <summary>NDJSON: one object a line, packages, findings, what changed, the summary last.</summary>
internal sealed class ScanLines : IScanFormat
{
    private readonly ScanShapes _shapes = new();

    public string Name => "ndjson";

    public void Write(TextWriter to, ScanReport report)
    {
        foreach (var package in report.Inventory.Packages)
            to.WriteLine(JsonLine.Of("package", w => _shapes.Fields(w, package)));
        foreach (var finding in report.Findings)
            to.WriteLine(JsonLine.Of("finding", w => _shapes.Fields(w, finding)));
        foreach (var (word, change) in report.Comparison?.Changes.All ?? [])
            to.WriteLine(JsonLine.Of("change", w => ScanShapes.Fields(w, word, change)));
        to.WriteLine(JsonLine.Of("summary", w => ScanShapes.Fields(w, report)));
    }
}
