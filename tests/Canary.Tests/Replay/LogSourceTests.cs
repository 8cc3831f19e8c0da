using Canary.Findings;
using Canary.Replay;
using Canary.Yaml;
using Xunit;

namespace Canary.Tests.Replay;

/// <summary>Every row of the table, by one small event.</summary>
public sealed class LogSourceTests
{
    private const string Sysmon = "Microsoft-Windows-Sysmon/Operational";

    public static TheoryData<string, int, string, string?, string> Windows => new()
    {
        { Sysmon, 1, "Image=C:\\a.exe", "process_creation", "sysmon" },
        { Sysmon, 2, "TargetFilename=C:\\a", "file_change", "sysmon" },
        { Sysmon, 3, "DestinationIp=10.0.0.1", "network_connection", "sysmon" },
        { Sysmon, 4, "State=Stopped", "sysmon_status", "sysmon" },
        { Sysmon, 5, "Image=C:\\a.exe", "process_termination", "sysmon" },
        { Sysmon, 6, "ImageLoaded=C:\\a.sys", "driver_load", "sysmon" },
        { Sysmon, 7, "ImageLoaded=C:\\a.dll", "image_load", "sysmon" },
        { Sysmon, 8, "TargetImage=C:\\a.exe", "create_remote_thread", "sysmon" },
        { Sysmon, 9, "Device=\\Device\\Harddisk0", "raw_access_thread", "sysmon" },
        { Sysmon, 10, "GrantedAccess=0x1010", "process_access", "sysmon" },
        { Sysmon, 11, "TargetFilename=C:\\a", "file_event", "sysmon" },
        { Sysmon, 12, "EventType=CreateKey", "registry_add", "sysmon" },
        { Sysmon, 12, "EventType=DeleteKey", "registry_delete", "sysmon" },
        { Sysmon, 12, "EventType=DeleteValue", "registry_delete", "sysmon" },
        { Sysmon, 12, "TargetObject=HKLM\\a", "registry_event", "sysmon" },
        { Sysmon, 13, "Details=DWORD (0x1)", "registry_set", "sysmon" },
        { Sysmon, 14, "NewName=HKLM\\b", "registry_rename", "sysmon" },
        { Sysmon, 15, "Contents=[ZoneTransfer]", "create_stream_hash", "sysmon" },
        { Sysmon, 16, "Configuration=a.xml", "sysmon_status", "sysmon" },
        { Sysmon, 17, "PipeName=\\a", "pipe_created", "sysmon" },
        { Sysmon, 18, "PipeName=\\a", "pipe_created", "sysmon" },
        { Sysmon, 19, "Query=SELECT", "wmi_event", "sysmon" },
        { Sysmon, 20, "Destination=a", "wmi_event", "sysmon" },
        { Sysmon, 21, "Consumer=a", "wmi_event", "sysmon" },
        { Sysmon, 22, "QueryName=a.b", "dns_query", "sysmon" },
        { Sysmon, 23, "TargetFilename=C:\\a", "file_delete", "sysmon" },
        { Sysmon, 24, "ClientInfo=a", "clipboard_capture", "sysmon" },
        { Sysmon, 25, "Type=Image is replaced", "process_tampering", "sysmon" },
        { Sysmon, 26, "TargetFilename=C:\\a", "file_delete_detected", "sysmon" },
        { Sysmon, 27, "TargetFilename=C:\\a", "file_block_executable", "sysmon" },
        { Sysmon, 28, "TargetFilename=C:\\a", "file_block_shredding", "sysmon" },
        { Sysmon, 29, "TargetFilename=C:\\a", "file_executable_detected", "sysmon" },
        { Sysmon, 255, "Description=a", "sysmon_error", "sysmon" },
        { "Security", 4688, "CommandLine=a", "process_creation", "security" },
        { "Security", 4689, "Status=0x0", "process_termination", "security" },
        { "Security", 4624, "LogonType=3", null, "security" },
        { "Security", 4697, "ServiceFileName=a", null, "security" },
        { "System", 7045, "ImagePath=C:\\a.exe", null, "system" },
        { "Application", 1000, "AppName=a", null, "application" },
        { "Microsoft-Windows-PowerShell/Operational", 4103, "Payload=a", "ps_module", "powershell" },
        { "Microsoft-Windows-PowerShell/Operational", 4104, "ScriptBlockText=a", "ps_script", "powershell" },
        { "Microsoft-Windows-PowerShell/Operational", 53504, "param1=a", null, "powershell" },
        { "PowerShellCore/Operational", 4104, "ScriptBlockText=a", "ps_script", "powershell" },
        { "Windows PowerShell", 400, "Data=HostApplication=powershell", "ps_classic_start", "powershell-classic" },
        { "Windows PowerShell", 600, "Data=ProviderName=Registry", "ps_classic_provider_start", "powershell-classic" },
        { "Windows PowerShell", 800, "Data=a", "ps_classic_script", "powershell-classic" },
        { "Microsoft-Windows-Windows Defender/Operational", 1116, "Path=C:\\a", "antivirus", "windefend" },
        { "Microsoft-Windows-Windows Defender/Operational", 5001, "ProductName=a", null, "windefend" },
        { "Microsoft-Windows-Kernel-File/Analytic", 12, "FileName=C:\\a", "file_access", "kernel-file" },
        { "Microsoft-Windows-Kernel-File/Analytic", 26, "FilePath=C:\\a", "file_delete", "kernel-file" },
        { "Microsoft-Windows-Kernel-File/Analytic", 27, "FilePath=C:\\a", "file_rename", "kernel-file" },
        { "Microsoft-Windows-Kernel-File/Analytic", 30, "FileName=C:\\a", "file_event", "kernel-file" },
        { "Microsoft-Windows-TaskScheduler/Operational", 129, "Path=C:\\a.exe", null, "taskscheduler" },
        { "Microsoft-Windows-WMI-Activity/Operational", 5861, "Query=a", null, "wmi" },
        { "Microsoft-Windows-Bits-Client/Operational", 16403, "RemoteName=http://a", null, "bits-client" },
        { "Microsoft-Windows-DNS-Client/Operational", 3008, "QueryName=a", "dns_query", "dns-client" },
        { "DNS Server", 6004, "param1=a", null, "dns-server" },
        { "Microsoft-Windows-DNS-Server/Analytical", 257, "QNAME=a", null, "dns-server-analytic" },
        { "Microsoft-Windows-AppLocker/EXE and DLL", 8004, "FullFilePath=C:\\a", null, "applocker" },
        { "Microsoft-Windows-AppLocker/MSI and Script", 8007, "FullFilePath=C:\\a", null, "applocker" },
        { "Microsoft-Windows-CodeIntegrity/Operational", 3077, "FileNameBuffer=a", null, "codeintegrity-operational" },
        { "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", 2004, "ApplicationPath=a", null, "firewall-as" },
        { "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational", 21, "Address=a", null, "terminalservices-localsessionmanager" },
        { "Microsoft-Windows-NTLM/Operational", 8004, "WorkstationName=a", null, "ntlm" },
        { "Microsoft-Windows-LSA/Operational", 300, "SidList=a", null, "lsa-server" },
        { "Microsoft-Windows-PrintService/Admin", 808, "ErrorCode=a", null, "printservice-admin" },
        { "Microsoft-Windows-PrintService/Operational", 316, "param1=a", null, "printservice-operational" },
        { "Microsoft-Windows-SMBClient/Security", 31017, "UserName=a", null, "smbclient-security" },
        { "Microsoft-Windows-SmbClient/Connectivity", 30803, "ServerAddress=a", null, "smbclient-connectivity" },
        { "Microsoft-Windows-SMBServer/Connectivity", 4000, "ShareName=a", null, "smbserver-connectivity" },
        { "Microsoft-Windows-DriverFrameworks-UserMode/Operational", 2003, "instance=a", null, "driver-framework" },
        { "Microsoft-Windows-AppXDeploymentServer/Operational", 854, "Path=a", null, "appxdeployment-server" },
        { "Microsoft-Windows-AppxPackaging/Operational", 157, "subjectName=a", null, "appxpackaging-om" },
        { "Microsoft-Windows-AppModel-Runtime/Admin", 201, "ImageName=a", null, "appmodel-runtime" },
        { "MSExchange Management", 6, "Data=a", null, "msexchange-management" },
        { "Microsoft-IIS-Configuration/Operational", 29, "Configuration=a", null, "iis-configuration" },
        { "Microsoft-Windows-Security-Mitigations/KernelMode", 11, "ImageName=a", null, "security-mitigations" },
        { "Microsoft-ServiceBus-Client/Admin", 40300, "a=a", null, "microsoft-servicebus-client" },
        { "Microsoft-Windows-Shell-Core/Operational", 28115, "AppID=a", null, "shell-core" },
        { "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational", 1007, "a=a", null, "certificateservicesclient-lifecycle-system" },
        { "Microsoft-Windows-LDAP-Client/Debug", 30, "SearchFilter=a", null, "ldap" },
        { "Microsoft-Windows-Diagnosis-Scripted/Operational", 101, "PackagePath=a", null, "diagnosis-scripted" },
        { "OpenSSH/Operational", 4, "payload=a", null, "openssh" },
        { "Microsoft-Windows-CAPI2/Operational", 70, "a=a", null, "capi2" },
        { "Microsoft-Windows-BitLocker/BitLocker Management", 1, "a=a", null, "bitlocker" },
        { "Microsoft-Windows-VHDMP/Operational", 1, "a=a", null, "vhdmp" },
        { "Microsoft-Windows-DHCP-Server/Operational", 1, "a=a", null, "dhcp" },
        { "Microsoft-Windows-Kernel-ShimEngine/Operational", 1, "a=a", null, "kernel-shimengine" },
        { "Microsoft-Windows-Application-Experience/Program-Telemetry", 1, "a=a", null, "application-experience" },
        { "Microsoft-Windows-Ntfs/Operational", 1, "a=a", null, "ntfs" },
        { "Microsoft-Windows-Hyper-V-Worker-Admin", 1, "a=a", null, "hyper-v-worker" },
        { "Microsoft-Windows-Kernel-EventTracing/Admin", 1, "a=a", null, "kernel-event-tracing" },
        { "Microsoft-Windows-SENSE/Operational", 1, "a=a", null, "sense" },
    };

    [Theory]
    [MemberData(nameof(Windows))]
    public void A_windows_event_has_its_log_source_and_its_fields(string channel, int id, string field, string? category, string service)
    {
        var read = Log.Event(Log.Windows(channel, id, field));
        Assert.Equal(new LogSource("windows", category, service), read.Source);
        int split = field.IndexOf('=', StringComparison.Ordinal);
        Assert.Equal(field[(split + 1)..], read.Value(field[..split]));
        Assert.Equal((id, "Some-Provider", "820"), (read.Get(Field.Named("EventID")).Number, read.Value("Provider_Name"), read.Value("Execution_ProcessID")));
    }

    [Fact]
    public void Every_row_of_the_table_has_its_event_here()
    {
        var rows = YamlReader.ReadAll(File.ReadAllText(Support.Checkout.At("src/Canary.Core/Replay/logsources.yml")), "t", new Diagnostics())[0] as YamlMap;
        var named = ((YamlList)rows!.Find("channels")!).Items.Cast<YamlMap>().Where(r => r.Find("product") is null);
        var services = named.Select(r => ((YamlScalar)r.Find("service")!).Text);
        var categories = named.SelectMany(r => (r.Find("events") as YamlList)?.Items ?? []).Select(e => ((YamlMap)e).Find("category")).OfType<YamlScalar>().Select(c => c.Text);
        Assert.Empty(services.Except(Windows.Select(w => (string)w[4])));
        Assert.Empty(categories.Except(Windows.Select(w => (string?)w[3])));
    }

    [Theory]
    [InlineData("""{"type":"EXECVE","a0":"cat","a1":777,"msg":"audit(1763899200.500:7):"}""", null, "auditd")]
    [InlineData("""{"type":"SYSCALL","SYSCALL":"openat","exe":"/bin/cat"}""", null, "auditd")]
    [InlineData("""{"type":"USER_TTY","data":"x"}""", null, "auditd")]
    [InlineData("""{"MESSAGE":"x","SYSLOG_IDENTIFIER":"sshd"}""", null, "sshd")]
    [InlineData("""{"MESSAGE":"x","SYSLOG_IDENTIFIER":"sudo"}""", null, "sudo")]
    [InlineData("""{"MESSAGE":"x","SYSLOG_IDENTIFIER":"CRON"}""", null, "cron")]
    [InlineData("""{"MESSAGE":"x","SYSLOG_IDENTIFIER":"clamd"}""", null, "clamav")]
    [InlineData("""{"MESSAGE":"x","SYSLOG_IDENTIFIER":"vsftpd"}""", null, "vsftpd")]
    [InlineData("""{"MESSAGE":"x","SYSLOG_IDENTIFIER":"guacd"}""", null, "guacamole")]
    [InlineData("""{"MESSAGE":"x","SYSLOG_IDENTIFIER":"pkexec","SYSLOG_FACILITY":"10"}""", null, "auth")]
    [InlineData("""{"MESSAGE":"x","SYSLOG_IDENTIFIER":"kernel"}""", null, "syslog")]
    [InlineData("""{"Event":{"System":{"Provider":{"#attributes":{"Name":"Linux-Sysmon"}},"EventID":1,"Channel":"Linux-Sysmon/Operational"},"EventData":{"Image":"/bin/cat"}}}""", "process_creation", "sysmon")]
    [InlineData("""{"Event":{"System":{"EventID":11,"Channel":"Linux-Sysmon/Operational"},"EventData":{"TargetFilename":"/a"}}}""", "file_event", "sysmon")]
    [InlineData("""{"kind":"event","logsource":{"product":"linux","category":"file_access"},"fields":{"FileName":"/a"}}""", "file_access", null)]
    [InlineData("""{"logsource":{"product":"linux","service":"modsecurity"},"message":"x"}""", null, "modsecurity")]
    public void Linux_events_have_theirs(string text, string? category, string? service) =>
        Assert.Equal(new LogSource("linux", category, service), Log.Event(text).Source);

    [Fact]
    public void A_process_of_the_security_log_has_sysmons_names()
    {
        var read = Log.Event(Log.Windows(
            "Security", 4688, "NewProcessName=C:\\Windows\\System32\\cmd.exe", "NewProcessId=0x1a2c", "ProcessId=0x2f4", "ParentProcessName=C:\\x.exe",
            "CommandLine=cmd /c dir", "SubjectUserName=bob", "SubjectDomainName=DESK", "SubjectLogonId=0x3e7", "MandatoryLabel=S-1-16-12288"));
        Assert.Equal(
            ["C:\\Windows\\System32\\cmd.exe", "6700", "C:\\x.exe", "756", "cmd /c dir", "DESK\\bob", "0x3e7", "S-1-16-12288", "C:\\Windows\\System32\\cmd.exe"],
            new[] { "Image", "ProcessId", "ParentImage", "ParentProcessId", "CommandLine", "User", "LogonId", "IntegrityLevel", "NewProcessName" }.Select(read.Value));
    }

    [Fact]
    public void Defenders_finding_has_the_names_of_antivirus_and_its_own()
    {
        var read = Log.Event(Log.Windows("Microsoft-Windows-Windows Defender/Operational", 1116, "Threat Name=Trojan:X", "Path=C:\\a"));
        Assert.Equal(["Trojan:X", "Trojan:X", "C:\\a"], new[] { "ThreatName", "Signature", "Filename" }.Select(read.Value));
    }

    [Theory]
    [InlineData("category: registry_event", 13, "SetValue", true)]
    [InlineData("category: registry_event", 12, "DeleteKey", true)]
    [InlineData("category: registry_event", 14, "RenameKey", true)]
    [InlineData("category: registry_set", 13, "SetValue", true)]
    [InlineData("category: registry_set", 12, "CreateKey", false)]
    [InlineData("category: registry_add", 12, "CreateKey", true)]
    [InlineData("category: registry_add", 12, "DeleteKey", false)]
    [InlineData("service: sysmon", 13, "SetValue", true)]
    [InlineData("category: registry_set, service: sysmon", 13, "SetValue", true)]
    [InlineData("service: security", 13, "SetValue", false)]
    [InlineData("category: process_creation", 13, "SetValue", false)]
    public void A_rule_sees_the_events_of_its_source_and_of_those_within_and_fires_once(string source, int id, string type, bool fires)
    {
        // No sensor of ours has an EventID: a rule that asks for one is for logs alone.
        var load = Rules.Sigma.Load(
            new() { ForRecordedEvents = true },
            ("r.yml", $"title: T\nlogsource: {{product: windows, {source}}}\ndetection: {{s: {{EventType: {type}, EventID: '{id}'}}, condition: s}}"));
        Assert.Empty(load.Errors);
        Assert.Equal(fires ? 1 : 0, Rules.Sigma.Findings(load.Book, Log.Event(Log.Windows(Sysmon, id, "EventType=" + type))).Count);
    }

    [Theory]
    [InlineData("auth", "sshd", true)]
    [InlineData("syslog", "sshd", true)]
    [InlineData("sshd", "sshd", true)]
    [InlineData("cron", "sshd", false)]
    [InlineData("auth", "kernel", false)]
    public void A_line_of_sshd_is_one_of_auth_and_of_syslog(string service, string identifier, bool fires)
    {
        var book = Rules.Sigma.Book(("r.yml", $"title: T\nlogsource: {{product: linux, service: {service}}}\ndetection: {{k: [evil], condition: k}}"));
        Assert.Equal(fires ? 1 : 0, Rules.Sigma.Findings(book, Log.Event($$"""{"MESSAGE":"so evil","SYSLOG_IDENTIFIER":"{{identifier}}"}""")).Count);
    }

    [Theory]
    [InlineData("EventID: 4688")]
    [InlineData("EventID: '4688'")]
    [InlineData("EventID|gte: 4688")]
    public void Numbers_match_whether_a_rule_or_a_log_has_them_as_text(string item)
    {
        var book = Rules.Sigma.Book(("r.yml", $"title: T\nlogsource: {{product: windows, service: security}}\ndetection: {{s: {{{item}}}, condition: s}}"));
        string number = Log.Windows("Security", 4688, "a=b"), text = number.Replace("\"EventID\":4688", "\"EventID\":{\"#attributes\":{\"Qualifiers\":0},\"#text\":\"4688\"}", StringComparison.Ordinal);
        Assert.NotEqual(number, text);
        Assert.Equal(2, Rules.Sigma.Findings(book, Log.Event(number), Log.Event(text)).Count);
    }

    [Fact]
    public void A_faulty_table_tells_all_its_faults()
    {
        var faults = new Diagnostics();
        LogSourceReader.Read("chanels: []\nchannels:\n  - {channel: X, events: [{id: one, categry: x}]}\nrecords: {a: b}\n", "t.yml", faults);
        Assert.Equal(
            [
                "t.yml:1:1: unknown key 'chanels'; did you mean 'channels'?",
                "t.yml:3:37: unknown key 'categry'; did you mean 'category'?",
                "t.yml:3:27: 'one' is no event id",
                "t.yml:4:10: a list is wanted here",
            ],
            faults.All.Select(f => f.ToString()));
    }
}
