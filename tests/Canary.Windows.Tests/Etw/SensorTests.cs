using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Canary.Events;
using Canary.Sensors.Etw;
using Microsoft.Win32;
using Xunit;

namespace Canary.Windows.Tests.Etw;

/// <summary>What the sensor sees of a real Windows. As administrator.</summary>
public sealed class SensorTests
{
    [Fact]
    public void A_start_is_told_once_with_command_line_path_user_and_parent()
    {
        using var live = new Live();
        int pid = Live.Run("cmd.exe", "/c", "echo marker-7f& exit 3");
        var seen = live.Await<ProcessExecuted>(e => e.Actor.Pid == pid);
        Assert.EndsWith(@"\System32\cmd.exe", seen.Image, StringComparison.OrdinalIgnoreCase);
        Assert.Matches("^[A-Z]:", seen.Image);
        Assert.Contains("marker-7f", seen.CommandLine, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessId, seen.Parent.Pid);
        Assert.False(string.IsNullOrEmpty(seen.User));
        Assert.Equal(3, live.Await<ProcessExited>(e => e.Actor == seen.Actor).ExitCode);
        Assert.Single(live.All<ProcessExecuted>(), e => e.Actor.Pid == pid);
    }

    [Fact]
    public void Of_a_thousand_starts_none_is_lost()
    {
        using var live = new Live();
        for (int i = 0; i < 1000; i++)
            Live.Run("cmd.exe", "/c", string.Create(CultureInfo.InvariantCulture, $"rem storm-{i}-end"));
        live.Await<ProcessExecuted>(e => e.CommandLine?.Contains("storm-999-end", StringComparison.Ordinal) == true);
        var seen = live.All<ProcessExecuted>().Select(e => e.CommandLine ?? "").ToList();
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Contains(seen, line => line.Contains(string.Create(CultureInfo.InvariantCulture, $"storm-{i}-end"), StringComparison.Ordinal)));
        Assert.Empty(live.Losses());
    }

    [Fact]
    public void A_file_is_created_renamed_and_deleted_under_its_drive_letter()
    {
        using var live = new Live();
        string path = Path.Combine(Path.GetTempPath(), $"canary-{Guid.NewGuid():N}.txt"), renamed = path + ".renamed";
        File.WriteAllText(path, "x");
        File.Move(path, renamed);
        File.Delete(renamed);
        string name = Path.GetFileName(path);
        Assert.Matches("^[A-Z]:", live.Await<FileActed>(e => e.Act == FileAct.Create && e.Path.EndsWith(name, StringComparison.OrdinalIgnoreCase)).Path);
        live.Await<FileActed>(e => e.Act == FileAct.Rename && (e.Target ?? e.Path).EndsWith(".renamed", StringComparison.OrdinalIgnoreCase));
        live.Await<FileActed>(e => e.Act == FileAct.Delete && e.Path.EndsWith(".renamed", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_open_of_a_credential_is_told_and_that_of_any_file_is_not()
    {
        string home = Directory.CreateTempSubdirectory("canary-home-").FullName, secret = Path.Combine(home, ".aws", "credentials"), plain = Path.Combine(home, "plain.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(secret)!);
        File.WriteAllText(secret, "[default]");
        File.WriteAllText(plain, "x");
        using var live = new Live();
        File.ReadAllText(plain);
        File.ReadAllText(secret);
        var seen = live.Await<FileActed>(e => e.Act == FileAct.Open && e.Path.EndsWith(@"\.aws\credentials", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(Environment.ProcessId, seen.Actor.Pid);
        Assert.DoesNotContain(live.All<FileActed>(), e => e.Act == FileAct.Open && e.Path.EndsWith("plain.txt", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_value_set_in_the_registry_is_told_with_its_key()
    {
        using var live = new Live();
        string name = $"canary-{Guid.NewGuid():N}";
        using (var key = Registry.CurrentUser.CreateSubKey($@"Software\{name}"))
            key.SetValue("Answer", 42);
        Registry.CurrentUser.DeleteSubKey($@"Software\{name}");
        var seen = live.Await<RegistryActed>(e => e.Act == RegistryAct.SetValue && e.Value == "Answer" && e.Key.EndsWith(name, StringComparison.OrdinalIgnoreCase));
        Assert.StartsWith("HKU", seen.Key, StringComparison.Ordinal);
        live.Await<RegistryActed>(e => e.Act == RegistryAct.DeleteKey && e.Key.EndsWith(name, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_connection_is_told_with_address_and_port()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var live = new Live();
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
        var seen = live.Await<Connected>(e => e.Port == port);
        Assert.Equal(IPAddress.Loopback, seen.Address);
        Assert.Equal(Environment.ProcessId, seen.Actor.Pid);
    }

    [Fact]
    public void A_name_that_is_asked_for_is_told()
    {
        using var live = new Live();
        string name = $"canary-{Guid.NewGuid():N}.invalid";
        Assert.ThrowsAny<SocketException>(() => Dns.GetHostAddresses(name));
        var asked = live.All<DnsAsked>;
        var answered = live.Await<DnsAnswered>(e => e.Name.TrimEnd('.').Equals(name, StringComparison.OrdinalIgnoreCase));
        Assert.NotEqual(0, answered.Status);
        Assert.NotNull(asked);
    }

    [Fact]
    public void A_script_block_of_PowerShell_is_told_as_text()
    {
        using var policy = Registry.LocalMachine.CreateSubKey(@"SOFTWARE\Policies\Microsoft\Windows\PowerShell\ScriptBlockLogging");
        policy.SetValue("EnableScriptBlockLogging", 1);
        try
        {
            using var live = new Live();
            Live.Run("powershell.exe", "-NoProfile", "-Command", "& { 'marker-' + 'block' }");
            live.Await<ScriptRun>(e => e.Source == ScriptSource.PowerShell && e.Text.Contains("'marker-' + 'block'", StringComparison.Ordinal));
        }
        finally
        {
            policy.DeleteValue("EnableScriptBlockLogging");
        }
    }

    [Fact]
    public void The_image_of_a_library_is_told()
    {
        using var live = new Live();
        Live.Run("regsvr32.exe", "/s", "/n", "/i:x", @"C:\Windows\System32\scrobj.dll");
        live.Await<ImageMapped>(e => e.Path.EndsWith(@"\scrobj.dll", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_handle_to_another_process_s_memory_is_told()
    {
        using var live = new Live();
        using var victim = Process.Start(new ProcessStartInfo("cmd.exe", "/k") { UseShellExecute = false, CreateNoWindow = true, RedirectStandardInput = true })!;
        _ = victim.Handle;
        live.Await<SystemActed>(e => e.Act == SystemAct.OpenProcess && e.Target.Pid == victim.Id);
        victim.Kill();
    }

    [Fact]
    public void The_open_of_a_model_is_told()
    {
        string model = Path.Combine(Path.GetTempPath(), $"canary-{Guid.NewGuid():N}.gguf");
        File.WriteAllBytes(model, "GGUF"u8.ToArray());
        using var live = new Live();
        File.ReadAllBytes(model);
        live.Await<ModelOpened>(e => e.Path.EndsWith(Path.GetFileName(model), StringComparison.OrdinalIgnoreCase));
        File.Delete(model);
    }

    [Fact]
    public void A_session_that_a_killed_Canary_left_is_taken_over()
    {
        // What a process that was killed leaves behind: a session that nobody reads, under our name.
        using var left = new Microsoft.Diagnostics.Tracing.Session.TraceEventSession(EtwSensors.ProcessSession) { StopOnDispose = false };
        left.EnableProvider(EtwProviders.IdOf(EtwProvider.DnsClient));
        using var live = new Live();
        int pid = Live.Run("cmd.exe", "/c", "rem after");
        live.Await<ProcessExecuted>(e => e.Actor.Pid == pid);
    }

    [Fact]
    public void A_session_that_another_stops_is_a_loss()
    {
        using var live = new Live();
        Live.Run("logman.exe", "stop", EtwSensors.RestSession, "-ets");
        Thread.Sleep(2000);
        Assert.Contains(live.Losses(), l => l.Class.Contains("stopped", StringComparison.Ordinal));
    }
}
