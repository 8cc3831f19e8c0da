using System.Text.Json.Nodes;
using Canary.Findings;
using Xunit;

namespace Canary.Tests.Replay;

/// <summary>
/// Every event of Sysmon, the security log's processes, PowerShell, Defender and the services, with the log source that Sigma gives it:
/// by its channel, and by its provider where a record names no channel.
/// </summary>
public sealed class WindowsEventTableTests
{
    private const string Sysmon = "Microsoft-Windows-Sysmon", Security = "Microsoft-Windows-Security-Auditing", Shell = "Microsoft-Windows-PowerShell",
        Defender = "Microsoft-Windows-Windows Defender", Services = "Service Control Manager", Tasks = "Microsoft-Windows-TaskScheduler";

    private static readonly Dictionary<string, (string Channel, string Service)> Logs = new()
    {
        [Sysmon] = ("Microsoft-Windows-Sysmon/Operational", "sysmon"),
        [Security] = ("Security", "security"),
        [Shell] = ("Microsoft-Windows-PowerShell/Operational", "powershell"),
        ["PowerShellCore"] = ("PowerShellCore/Operational", "powershell"),
        ["PowerShell"] = ("Windows PowerShell", "powershell-classic"),
        [Defender] = ("Microsoft-Windows-Windows Defender/Operational", "windefend"),
        [Services] = ("System", "system"),
        [Tasks] = ("Microsoft-Windows-TaskScheduler/Operational", "taskscheduler"),
        ["Microsoft-Windows-Kernel-File"] = ("Microsoft-Windows-Kernel-File/Analytic", "kernel-file"),
        ["Microsoft-Windows-DNS-Client"] = ("Microsoft-Windows-DNS-Client/Operational", "dns-client"),
    };

    /// <summary>Provider, ids, what must stand in the event (or nothing), category (or none).</summary>
    private static readonly (string Provider, int[] Ids, string When, string? Category)[] Table =
    [
        (Sysmon, [1], "", "process_creation"),
        (Sysmon, [2], "", "file_change"),
        (Sysmon, [3], "", "network_connection"),
        (Sysmon, [4, 16], "", "sysmon_status"),
        (Sysmon, [5], "", "process_termination"),
        (Sysmon, [6], "", "driver_load"),
        (Sysmon, [7], "", "image_load"),
        (Sysmon, [8], "", "create_remote_thread"),
        (Sysmon, [9], "", "raw_access_thread"),
        (Sysmon, [10], "", "process_access"),
        (Sysmon, [11], "", "file_event"),
        (Sysmon, [12], "EventType=CreateKey", "registry_add"),
        (Sysmon, [12], "EventType=CreateValue", "registry_add"),
        (Sysmon, [12], "EventType=DeleteKey", "registry_delete"),
        (Sysmon, [12], "EventType=DeleteValue", "registry_delete"),
        (Sysmon, [12], "", "registry_event"),
        (Sysmon, [13], "", "registry_set"),
        (Sysmon, [14], "", "registry_rename"),
        (Sysmon, [15], "", "create_stream_hash"),
        (Sysmon, [17, 18], "", "pipe_created"),
        (Sysmon, [19, 20, 21], "", "wmi_event"),
        (Sysmon, [22], "", "dns_query"),
        (Sysmon, [23], "", "file_delete"),
        (Sysmon, [24], "", "clipboard_capture"),
        (Sysmon, [25], "", "process_tampering"),
        (Sysmon, [26], "", "file_delete_detected"),
        (Sysmon, [27], "", "file_block_executable"),
        (Sysmon, [28], "", "file_block_shredding"),
        (Sysmon, [29], "", "file_executable_detected"),
        (Sysmon, [255], "", "sysmon_error"),
        (Security, [4688], "", "process_creation"),
        (Security, [4689], "", "process_termination"),
        (Security, [1100, 1102, 4624, 4625, 4648, 4656, 4657, 4663, 4672, 4697, 4698, 4702, 4719, 4720, 4732, 5156], "", null),
        (Shell, [4103], "", "ps_module"),
        (Shell, [4104], "", "ps_script"),
        (Shell, [4100, 4105, 4106, 40961, 53504], "", null),
        ("PowerShellCore", [4103], "", "ps_module"),
        ("PowerShellCore", [4104], "", "ps_script"),
        ("PowerShell", [400], "", "ps_classic_start"),
        ("PowerShell", [600], "", "ps_classic_provider_start"),
        ("PowerShell", [800], "", "ps_classic_script"),
        ("PowerShell", [403], "", null),
        (Defender, [1006, 1007, 1008, 1009, 1010, 1011, 1012, 1015, 1017, 1018, 1019, 1115, 1116, 1117, 1118, 1119], "", "antivirus"),
        (Defender, [1000, 1001, 1013, 1121, 1122, 1123, 1127, 2000, 2001, 3002, 3007, 5000, 5001, 5004, 5007, 5010, 5012, 5013, 5101], "", null),
        (Services, [7034, 7035, 7036, 7040, 7045], "", null),
        (Tasks, [106, 129, 140, 141, 200, 201], "", null),
        ("Microsoft-Windows-Kernel-File", [12], "", "file_access"),
        ("Microsoft-Windows-Kernel-File", [26], "", "file_delete"),
        ("Microsoft-Windows-Kernel-File", [27], "", "file_rename"),
        ("Microsoft-Windows-Kernel-File", [30], "", "file_event"),
        ("Microsoft-Windows-DNS-Client", [3006], "", null),
        ("Microsoft-Windows-DNS-Client", [3008], "", "dns_query"),
    ];

    public static TheoryData<string, int, string, string?> Rows
    {
        get
        {
            var rows = new TheoryData<string, int, string, string?>();
            foreach (var (provider, ids, when, category) in Table)
            {
                foreach (int id in ids)
                    rows.Add(provider, id, when, category);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_event_belongs_where_Sigma_puts_it(string provider, int id, string when, string? category)
    {
        var (channel, service) = Logs[provider];
        var wanted = new LogSource("windows", category, service);
        string text = Log.Windows(channel, id, when.Length > 0 ? [when, "Some=thing"] : ["Some=thing"]);
        Assert.Equal(wanted, Log.Event(text).Source);
        Assert.Equal(wanted, Log.Event(text.Replace($"\"{channel}\",\"Comp", $"\"{channel.ToUpperInvariant()}\",\"Comp", StringComparison.Ordinal)).Source);
        Assert.Equal(wanted, Log.Event(OfProviderAlone(text, provider)).Source);
    }

    [Fact]
    public void Every_id_that_Sysmon_has_is_in_the_table() => Assert.Equal(
        Enumerable.Range(1, 29).Append(255), Table.Where(row => row.Provider == Sysmon).SelectMany(row => row.Ids).Distinct().Order());

    [Fact]
    public void The_logs_own_clearing_is_told_in_both_logs()
    {
        Assert.Equal(new LogSource("windows", null, "security"), Log.Event(Log.Windows("Security", 1102, "SubjectUserName=x")).Source);
        Assert.Equal(new LogSource("windows", null, "system"), Log.Event(Log.Windows("System", 104, "Channel=Application")).Source);
    }

    [Theory]
    [InlineData("Microsoft-Windows-Kernel-File/Analytic", 26, "FilePath")]
    [InlineData("Microsoft-Windows-Kernel-File/Analytic", 27, "FilePath")]
    [InlineData("Microsoft-Windows-Kernel-File/Analytic", 30, "FileName")]
    public void A_file_of_the_kernels_log_has_Sigmas_name(string channel, int id, string field) =>
        Assert.Equal(@"C:\a", Log.Event(Log.Windows(channel, id, field + @"=C:\a")).Value("TargetFilename"));

    private static string OfProviderAlone(string text, string provider)
    {
        var record = JsonNode.Parse(text)!;
        var system = record["Event"]!["System"]!.AsObject();
        system.Remove("Channel");
        system["Provider"]!["#attributes"]!["Name"] = provider;
        return record.ToJsonString();
    }
}
