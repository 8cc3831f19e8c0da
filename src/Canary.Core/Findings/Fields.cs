namespace Canary.Findings;

/// <summary>The numbers of <see cref="Field.All"/>, for subjects to switch on. A test holds the two together.</summary>
public static class Fields
{
    public const int Image = 0, CommandLine = 1, CurrentDirectory = 2, User = 3, ProcessId = 4, ProcessGuid = 5;
    public const int ParentImage = 6, ParentCommandLine = 7, ParentProcessId = 8, ParentUser = 9, OriginalFileName = 10;
    public const int AgentName = 11, AgentSession = 12, AgentAttribution = 13, AgentVerified = 14;
    public const int AncestorImages = 15, AncestorCommandLines = 16;
    public const int TargetFilename = 17, SourceFilename = 18, FileName = 19, NewName = 20;
    public const int DestinationIp = 21, DestinationPort = 22, DestinationHostname = 23, DestinationIsIpv6 = 24, Protocol = 25, Initiated = 26;
    public const int QueryName = 27, QueryType = 28, QueryServer = 29;
    public const int RawCommandLine = 30, RequestedImage = 31, ArgumentsTruncated = 32, GrandParentImage = 33, GrandParentCommandLine = 34;
    public const int Detail = 35, TargetImage = 36, TargetProcessId = 37, SourceImage = 38, ImageLoaded = 39;
    public const int Sensor = 40, LossClass = 41, Count = 42, Reason = 43;
    public const int Ecosystem = 44, Package = 45, Version = 46, Purl = 47, Origin = 48, Resolved = 49, ResolvedHost = 50, ResolvedScheme = 51, Integrity = 52;
    public const int Direct = 53, Dev = 54, HasInstallScript = 55, AgeHours = 56, Alias = 57, Requested = 58, LooksLike = 59, Likeness = 60, Anomalies = 61;
    public const int PackageFolder = 62, PackagePath = 63, BaseName = 64, Content = 65, Phase = 66, Scripts = 67, FileType = 68, Size = 69, LongestLine = 70;
    public const int HiddenText = 71, HiddenCharacters = 72, OpenDirections = 73, Imports = 74, ModuleInitializer = 75;
    public const int ConfigKind = 76, ServerName = 77, Url = 78;
    public const int Signed = 79, Owners = 80;
    public const int Trigger = 81, Setting = 82, Uses = 83, Pinned = 84, EnvironmentNames = 85;
    public const int Format = 86, Sha256 = 87, Verdict = 88, LoadsUnderWeightsOnly = 89, Operators = 90, ExternalFiles = 91, Templates = 92, TemplateHashes = 93;
    public const int Basis = 94, Signer = 95, GpuDevice = 96, Gate = 97, Tensors = 98;
    public const int TargetObject = 99, Details = 100, EventType = 101, GrantedAccess = 102, QueryStatus = 103, QueryResults = 104;
    public const int ScriptBlockText = 105, ScriptBlockId = 106, Path = 107, AppName = 108, DecodedCommand = 109;
    public const int FileVersion = 110, Description = 111, Product = 112, Company = 113, Hashes = 114, Signature = 115, SignatureStatus = 116, IntegrityLevel = 117;
}
