using System.Collections.Frozen;
using Canary.Findings;

namespace Canary.Rules;

/// <summary>Which field names a rule may use for the log sources that Canary itself fills. Other sources are replayed, and have what they have.</summary>
internal static class Taxonomy
{
    // What the sensor of Windows fills. Services (security, system, windefend, …) are logs: their fields are their own.
    private static readonly FrozenSet<string> WindowsCategories = new[]
    {
        "process_creation", "process_termination", "file_event", "file_access", "file_delete", "file_rename", "network_connection", "dns_query",
        "image_load", "process_access", "create_remote_thread", "registry_add", "registry_set", "registry_delete", "registry_event",
        "ps_script", "script_content",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> OwnCategories = new[]
    {
        "process_creation", "process_termination", "file_event", "file_access", "file_delete", "file_rename", "file_change",
        "network_connection", "dns_query", "image_load", "driver_load", "process_access", "create_remote_thread",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Sysmon's names for these categories (Sigma's taxonomy appendix) that no sensor of ours fills: a rule that asks for one is sound,
    // and can do nothing here.
    private static readonly FrozenSet<string> Foreign = new[]
    {
        "UtcTime", "RuleName", "FileVersion", "Description", "Product", "Company", "LogonGuid", "LogonId", "TerminalSessionId",
        "IntegrityLevel", "Hashes", "Imphash", "imphash", "md5", "sha1", "sha256", "ParentProcessGuid", "ParentIntegrityLevel",
        "ParentOriginalFileName", "ParentProduct", "ParentDescription", "ParentCompany", "ParentLogonId", "GrandParentProcessId",
        "CreationUtcTime", "PreviousCreationUtcTime", "Contents", "Provider_Name", "EventID", "SourceIsIpv6", "SourceIp",
        "SourceHostname", "SourcePort", "SourcePortName", "DestinationPortName", "QueryStatus", "QueryResults", "Signed", "Signature",
        "SignatureStatus", "SourceProcessId", "SourceProcessGuid", "TargetProcessGuid", "GrantedAccess", "CallTrace", "StartAddress",
        "StartModule", "StartFunction", "NewThreadId", "SourceThreadId", "IsExecutable", "Archived", "TargetUser", "SourceUser",
        "TargetParentProcessId", "SourceCommandLine", "SourceParentImage", "exe", "comm", "auid", "uid", "gid", "Computer", "Channel",
        "MessageNumber", "MessageTotal", "Level", "Opcode", "Task", "RecordNumber", "NewName",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static FieldStanding StandingOf(LogSource source, string field, RuleOptions options) =>
        StandingOf(source, field) is FieldStanding.NotCollected && options.ForRecordedEvents ? FieldStanding.Known : StandingOf(source, field);

    public static FieldStanding StandingOf(LogSource source, string field)
    {
        bool own = source.Product == "canary"
            || (source.Service is null && source.Category is { } category
                && ((source.Product is null or "linux" && OwnCategories.Contains(category)) || (source.Product is "windows" && WindowsCategories.Contains(category))));
        return !own || Field.Named(field).IsKnown ? FieldStanding.Known
            : source.Product != "canary" && Foreign.Contains(field) ? FieldStanding.NotCollected
            : FieldStanding.Unknown;
    }
}

internal enum FieldStanding
{
    Known,

    /// <summary>In Sigma's taxonomy, and no sensor of ours fills it.</summary>
    NotCollected,

    /// <summary>Most likely mistyped.</summary>
    Unknown,
}
