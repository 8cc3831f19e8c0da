namespace Canary.Scanning;

/// <summary>Every format. A new one is a file of its own and a line here.</summary>
internal static class ScanFormats
{
    public static readonly IReadOnlyList<IScanFormat> All =
    [
        new ScanText(),
        new ScanLines(),
        new ScanJson(),
        new ScanSarif(),
        new ScanJUnit(),
        new ScanMarkdown(),
        new ScanCycloneDx(),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(f => f.Name)];

    public static IScanFormat Named(string name) => All.First(f => f.Name == name);
}
