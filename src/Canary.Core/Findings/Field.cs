using System.Collections.Frozen;

namespace Canary.Findings;

/// <summary>A field name of Sigma's taxonomy, or of ours, with a small number for a subject to switch on.</summary>
/// <param name="Id">Index into <see cref="All"/>; -1 for a name that no subject of ours has by number (replayed records answer by name).</param>
public readonly record struct Field(int Id, string Name)
{
    /// <summary>Every field that a subject of Canary's own can have. A rule that names another is checked against this list for typing errors.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "Image", "CommandLine", "CurrentDirectory", "User", "ProcessId", "ProcessGuid",
        "ParentImage", "ParentCommandLine", "ParentProcessId", "ParentUser", "OriginalFileName",
        "AgentName", "AgentSession", "AgentAttribution", "AgentVerified", "AncestorImages", "AncestorCommandLines",
        "TargetFilename", "SourceFilename", "FileName", "NewName",
        "DestinationIp", "DestinationPort", "DestinationHostname", "DestinationIsIpv6", "Protocol", "Initiated",
        "QueryName", "QueryType", "QueryServer",
        "RawCommandLine", "RequestedImage", "ArgumentsTruncated", "GrandParentImage", "GrandParentCommandLine",
        "Detail", "TargetImage", "TargetProcessId", "SourceImage", "ImageLoaded",
        "Sensor", "LossClass", "Count", "Reason",
    ];

    private static readonly FrozenDictionary<string, int> Ids =
        All.Select((name, id) => (name, id)).ToFrozenDictionary(p => p.name, p => p.id, StringComparer.Ordinal);

    /// <summary>Names are compared as Sigma does: exactly.</summary>
    public static Field Named(string name) => new(Ids.GetValueOrDefault(name, -1), name);

    public bool IsKnown => Id >= 0;
}
