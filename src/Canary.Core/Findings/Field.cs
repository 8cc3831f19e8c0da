using System.Collections.Frozen;

namespace Canary.Findings;

/// <summary>A field name of Sigma's taxonomy, or of ours, with a small number for a subject to switch on.</summary>
public readonly struct Field : IEquatable<Field>
{
    private readonly int _hash;

    private Field(int id, string name)
    {
        Id = id;
        Name = name;
        _hash = string.GetHashCode(name);
    }

    /// <summary>Index into <see cref="All"/>; -1 for a name that no subject of ours has by number (replayed records answer by name).</summary>
    public int Id { get; }

    public string Name { get; }

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
        "Ecosystem", "Package", "Version", "Purl", "Origin", "Resolved", "ResolvedHost", "ResolvedScheme", "Integrity",
        "Direct", "Dev", "HasInstallScript", "AgeHours", "Alias", "Requested", "LooksLike", "Likeness", "Anomalies",
        "PackageFolder", "PackagePath", "BaseName", "Content", "Phase", "Scripts", "FileType", "Size", "LongestLine",
        "HiddenText", "HiddenCharacters", "OpenDirections", "Imports", "ModuleInitializer",
        "ConfigKind", "ServerName", "Url",
        "Signed", "Owners",
        "Trigger", "Setting", "Uses", "Pinned", "EnvironmentNames",
        "Format", "Sha256", "Verdict", "LoadsUnderWeightsOnly", "Operators", "ExternalFiles", "Templates", "TemplateHashes",
        "Basis", "Signer", "GpuDevice", "Gate", "Tensors",
        "TargetObject", "Details", "EventType", "GrantedAccess", "QueryStatus", "QueryResults",
        "ScriptBlockText", "ScriptBlockId", "Path", "AppName", "DecodedCommand",
        "FileVersion", "Description", "Product", "Company", "Hashes", "Signature", "SignatureStatus", "IntegrityLevel",
    ];

    /// <summary>The fields of <see cref="All"/>.</summary>
    public static readonly IReadOnlyList<Field> Known = [.. All.Select((name, id) => new Field(id, name))];

    private static readonly FrozenDictionary<string, Field> ByName = Known.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>Names are compared as Sigma does: exactly.</summary>
    public static Field Named(string name) => ByName.TryGetValue(name, out var known) ? known : new Field(-1, name);

    public bool IsKnown => Id >= 0;

    public bool Equals(Field other) => _hash == other._hash && Name == other.Name;

    public override bool Equals(object? obj) => obj is Field other && Equals(other);

    public override int GetHashCode() => _hash;

    public override string ToString() => Name;

    public static bool operator ==(Field left, Field right) => left.Equals(right);

    public static bool operator !=(Field left, Field right) => !left.Equals(right);
}
