using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Canary.Sensors.Hosting;
using Microsoft.Win32;

namespace Canary.Services;

/// <summary>Canary as a service of Windows, under LocalSystem.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsHost : IServiceHost
{
    private const string Key = ServiceHosts.WindowsName;
    private const string Display = "Canary";
    private const string Description = "Watches what AI agents do on this machine: processes, packages and models. Alerts: canary alerts list.";
    private const string EventSource = @"SYSTEM\CurrentControlSet\Services\EventLog\Application\" + Key;
    private const int AccessDenied = 5;
    private const string NotHere = "  this system does not know that setting: left as it is";
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>Kernel events, other users' processes and files, and what every program needs.</summary>
    private static readonly string[] Privileges =
        ["SeChangeNotifyPrivilege", "SeCreateGlobalPrivilege", "SeImpersonatePrivilege", "SeDebugPrivilege", "SeSecurityPrivilege", "SeSystemProfilePrivilege", "SeBackupPrivilege"];

    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1)];

    private readonly Scm _scm = new(Key);
    private readonly string _program = Environment.ProcessPath ?? "canary.exe";
    private readonly string _installed = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), Key, "canary.exe");
    private readonly string _state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), Key);

    public string Name => "Windows";

    public string? Lack => Environment.IsPrivilegedProcess ? null : "a service is the administrators' to change: run this in a window that was opened with «Run as administrator»";

    private string CommandLine => $"\"{_installed}\" daemon";

    public ServicePlan Install()
    {
        var there = Known();
        if (IsForeign(there) is { } foreign)
            return new([], foreign);
        if (Distrust(_state) is { } planted)
            return new([], planted);
        var steps = new List<ServiceStep>();
        if (there is { IsStopped: false })
            steps.Add(new($"stop the service {Key}", Stop));
        if (string.Equals(_program, _installed, StringComparison.OrdinalIgnoreCase))
            steps.Add(new($"keep {_installed}, which is this program"));
        else if (File.Exists(_installed) && FileVersionInfo.GetVersionInfo(_installed).ProductName is not "Canary")
            return new([], $"{_installed} is there and is not Canary's: it is left alone. Move it away");
        else
            steps.Add(new($"copy this program to {_installed} (only administrators write there)", Copy));
        steps.Add(new($"make {_state}: full control for SYSTEM and Administrators, nothing for anybody else, nothing inherited", Close));
        steps.Add(new($"{(there is null ? "create" : "set")} the service {Key}: {CommandLine}, account LocalSystem", () =>
        {
            _scm.Put(Display, CommandLine);
            _scm.Describe(Description);
        }));
        steps.Add(new("start it with the system, after the services that others wait for (delayed)") { Try = () => _scm.Delay() ? null : NotHere });
        steps.Add(new($"recovery: started again {string.Join(", ", Waits.Select(w => $"{w.TotalSeconds:0} s"))} after a failure, also after one that it reports itself; counted anew each day") { Try = () => _scm.Recover(Waits) ? null : NotHere });
        steps.Add(new($"privileges: {string.Join(", ", Privileges)}, and no other of LocalSystem's") { Try = () => _scm.Limit(Privileges) ? null : NotHere });
        steps.Add(new($@"event log: source {Key} of the log Application (HKLM\{EventSource})", PutSource));
        steps.Add(new($"configuration: {Path.Combine(_state, "canary.yml")} where there is one; it is not made or changed"));
        steps.Add(new($"start the service {Key}", _scm.Start));
        return new(steps);
    }

    public ServicePlan Remove(bool purge)
    {
        var there = Known();
        if (IsForeign(there) is { } foreign)
            return new([], foreign);
        var steps = new List<ServiceStep>();
        if (there is null)
            steps.Add(new("no service is installed: nothing to stop"));
        else
        {
            if (!there.IsStopped)
                steps.Add(new($"stop the service {Key}", Stop));
            steps.Add(new($"delete the service {Key}", _scm.Delete));
        }

        steps.Add(new($@"delete the event log's source (HKLM\{EventSource})", () => Registry.LocalMachine.DeleteSubKey(EventSource, throwOnMissingSubKey: false)));
        if (File.Exists(_installed))
        {
            steps.Add(string.Equals(_program, _installed, StringComparison.OrdinalIgnoreCase)
                ? new($"keep {_installed}, which is this program: delete it afterwards")
                : new($"delete {_installed}", () => File.Delete(_installed)));
        }

        if (Directory.Exists(_state))
        {
            steps.Add(purge
                ? new($"delete {_state} with all stored alerts and canary.yml", () => Directory.Delete(_state, recursive: true))
                : new($"keep {_state} with the stored alerts (--purge deletes it)"));
        }

        return new(steps);
    }

    public ServiceState Ask()
    {
        ScmState? there;
        try
        {
            there = _scm.Ask();
        }
        catch (Win32Exception e)
        {
            throw new ServiceException($"the service control manager does not answer: {e.Message}", e);
        }

        if (there is null)
            return new(false, false, false, "not installed");
        string words = there.IsRunning ? "running" : there.IsStopped ? "stopped" : "between two states";
        // 1077: no attempt to start it was made since the last boot.
        int? code = there.IsRunning || there.ExitCode == 1077 ? null : there.ExitCode;
        return new(true, there.IsEnabled, there.IsRunning, words, there.ProcessId > 0 ? there.ProcessId : null, Started(there.ProcessId), code, there.Command);
    }

    private static DateTimeOffset? Started(int pid)
    {
        try
        {
            return pid > 0 ? Process.GetProcessById(pid).StartTime.ToUniversalTime() : null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Null too where it cannot be asked: a plan may be shown to whom nothing else is.</summary>
    private ScmState? Known()
    {
        try
        {
            return _scm.Ask();
        }
        catch (Win32Exception e) when (e.NativeErrorCode == AccessDenied)
        {
            return null;
        }
    }

    private static string? IsForeign(ScmState? there) =>
        there is null || there.Command.Contains("canary.exe", StringComparison.OrdinalIgnoreCase) && there.Command.EndsWith(" daemon", StringComparison.Ordinal)
            ? null : $"a service called {Key} is there and is not this one ({there.Command}): it is left alone";

    /// <summary>A directory that somebody made beforehand is his to change, whatever is in it later.</summary>
    private static string? Distrust(string directory)
    {
        if (!Directory.Exists(directory))
            return null;
        var owner = new DirectoryInfo(directory).GetAccessControl(AccessControlSections.Owner).GetOwner(typeof(SecurityIdentifier));
        using var own = WindowsIdentity.GetCurrent();
        return owner is SecurityIdentifier id && (id == own.User || id.IsWellKnown(WellKnownSidType.LocalSystemSid) || id.IsWellKnown(WellKnownSidType.BuiltinAdministratorsSid))
            ? null : $"{directory} is there and belongs to {owner?.Value ?? "nobody"}, not to the administrators: look at what is in it, and move it away";
    }

    private void Stop()
    {
        if (!_scm.Stop(StopLimit))
            throw new ServiceException($"the service {Key} did not end within {StopLimit.TotalSeconds:0} s");
    }

    private void Copy()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_installed)!);
        string staged = _installed + ".new";
        File.Copy(_program, staged, overwrite: true);
        File.Move(staged, _installed, overwrite: true);
    }

    private void Close()
    {
        var administrators = new SecurityIdentifier(WellKnownSidType.BuiltinAdministratorsSid, null);
        var rights = new DirectorySecurity();
        rights.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        foreach (var who in (SecurityIdentifier[])[new(WellKnownSidType.LocalSystemSid, null), administrators])
        {
            rights.AddAccessRule(new FileSystemAccessRule(
                who, FileSystemRights.FullControl, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit, PropagationFlags.None, AccessControlType.Allow));
        }

        rights.SetOwner(administrators);
        var directory = new DirectoryInfo(_state);
        // Made closed, not made and closed afterwards.
        if (!directory.Exists)
            directory.Create(rights);
        else
            directory.SetAccessControl(rights);
    }

    // EventCreate.exe carries the message «%1» for the ids 1 to 1000: no message file of our own is needed.
    private static void PutSource()
    {
        using var key = Registry.LocalMachine.CreateSubKey(EventSource);
        key.SetValue("EventMessageFile", @"%SystemRoot%\System32\EventCreate.exe", RegistryValueKind.ExpandString);
        key.SetValue("TypesSupported", 7, RegistryValueKind.DWord);
    }
}
