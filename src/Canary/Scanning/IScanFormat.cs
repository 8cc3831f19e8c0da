namespace Canary.Scanning;

/// <summary>One way to write a scan down.</summary>
internal interface IScanFormat
{
    /// <summary>As <c>--format</c> has it.</summary>
    string Name { get; }

    void Write(TextWriter to, ScanReport report);
}
