using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Hosting;

/// <summary>One service of this Windows machine, by its name. Every call opens and closes what it needs.</summary>
[SupportedOSPlatform("windows")]
public sealed unsafe class Scm(string name)
{
    private const uint StopControl = 1, Stopped = 1, RunningState = 4;

    /// <summary>How it stands; null when there is no such service.</summary>
    /// <exception cref="Win32Exception">The manager cannot be asked.</exception>
    public ScmState? Ask() => With(ScmCalls.Connect, ScmCalls.QueryConfig | ScmCalls.QueryStatus, service =>
    {
        byte* buffer = stackalloc byte[8192];
        Check(ScmCalls.QueryServiceConfig(service, buffer, 8192, out _));
        var config = (ScmCalls.Config*)buffer;
        string command = new(config->Command);
        bool enabled = config->Start <= ScmCalls.AutoStart;
        Check(ScmCalls.QueryServiceStatusEx(service, 0, buffer, 8192, out _));
        var status = (ScmCalls.Status*)buffer;
        // ERROR_SERVICE_SPECIFIC_ERROR: the code is the service's own.
        uint code = status->ExitCode == 1066 ? status->OwnExitCode : status->ExitCode;
        return new ScmState(command, enabled, status->State == RunningState, status->State == Stopped, (int)status->ProcessId, (int)code);
    });

    /// <summary>Makes it, or makes it as it is to be.</summary>
    public void Put(string display, string command)
    {
        nint manager = ScmCalls.OpenSCManager(null, null, ScmCalls.Connect | ScmCalls.CreateIn);
        Check(manager != 0);
        try
        {
            nint service = ScmCalls.OpenService(manager, name, ScmCalls.ChangeConfig);
            if (service == 0)
            {
                Check(Marshal.GetLastPInvokeError() == ScmCalls.Missing);
                service = ScmCalls.CreateService(
                    manager, name, display, ScmCalls.ChangeConfig, ScmCalls.OwnProcess, ScmCalls.AutoStart, ScmCalls.NormalErrors, command, null, 0, null, null, null);
                Check(service != 0);
            }
            else
            {
                bool changed = ScmCalls.ChangeServiceConfig(
                    service, ScmCalls.OwnProcess, ScmCalls.AutoStart, ScmCalls.NormalErrors, command, null, 0, null, null, null, display);
                int error = Marshal.GetLastPInvokeError();
                _ = changed ? 0 : ScmCalls.CloseServiceHandle(service);
                Check(changed, error);
            }

            _ = ScmCalls.CloseServiceHandle(service);
        }
        finally
        {
            _ = ScmCalls.CloseServiceHandle(manager);
        }
    }

    public void Describe(string words) => Change(service =>
    {
        fixed (char* text = words)
        {
            char* description = text;
            return Set(service, ScmCalls.Description, &description);
        }
    });

    /// <summary>Started again after each failure, also one that it reports itself, with a wait that grows; the count begins anew after a day.</summary>
    /// <returns>False where the system does not know such a setting; so of the next two.</returns>
    public bool Recover(params ReadOnlySpan<TimeSpan> waits)
    {
        var actions = new ScmCalls.FailureAction[waits.Length];
        for (int i = 0; i < waits.Length; i++)
            actions[i] = new ScmCalls.FailureAction { Type = 1, DelayMilliseconds = (uint)waits[i].TotalMilliseconds };
        return Change(service =>
        {
            fixed (ScmCalls.FailureAction* first = actions)
            {
                var plan = new ScmCalls.FailurePlan { ResetSeconds = 24 * 60 * 60, Count = (uint)actions.Length, Actions = first };
                int also = 1;
                return Set(service, ScmCalls.FailureActions, &plan) & Set(service, ScmCalls.FailureActionsFlag, &also);
            }
        }, ScmCalls.StartRight);
    }

    /// <summary>After the services that others wait for.</summary>
    public bool Delay() => Change(service =>
    {
        int yes = 1;
        return Set(service, ScmCalls.DelayedAutoStart, &yes);
    });

    /// <summary>It runs with these privileges, and without the others of its account.</summary>
    public bool Limit(IReadOnlyList<string> privileges)
    {
        string list = string.Concat(privileges.Select(p => p + "\0")) + "\0";
        return Change(service =>
        {
            fixed (char* text = list)
            {
                char* first = text;
                return Set(service, ScmCalls.RequiredPrivileges, &first);
            }
        });
    }

    public void Start() => With<object?>(ScmCalls.Connect, ScmCalls.StartRight, service =>
    {
        if (!ScmCalls.StartService(service, 0, null))
            Check(Marshal.GetLastPInvokeError() == ScmCalls.Running);
        return null;
    });

    /// <summary>False when it did not end within that time.</summary>
    public bool Stop(TimeSpan wait)
    {
        With<object?>(ScmCalls.Connect, ScmCalls.StopRight, service =>
        {
            byte* status = stackalloc byte[64];
            if (!ScmCalls.ControlService(service, StopControl, status))
                Check(Marshal.GetLastPInvokeError() == ScmCalls.NotActive);
            return null;
        });
        long until = Environment.TickCount64 + (long)wait.TotalMilliseconds;
        while (Ask() is { IsStopped: false })
        {
            if (Environment.TickCount64 > until)
                return false;
            Thread.Sleep(100);
        }

        return true;
    }

    public void Delete() => With<object?>(ScmCalls.Connect, ScmCalls.DeleteRight, service =>
    {
        if (!ScmCalls.DeleteService(service))
            Check(Marshal.GetLastPInvokeError() == ScmCalls.AlreadyGone);
        return null;
    });

    private bool Change(Func<nint, bool> work, uint more = 0) => With(ScmCalls.Connect, ScmCalls.ChangeConfig | more, work);

    private static bool Set(nint service, uint level, void* words)
    {
        if (ScmCalls.ChangeServiceConfig2(service, level, words))
            return true;
        int error = Marshal.GetLastPInvokeError();
        Check(error is ScmCalls.InvalidLevel or ScmCalls.NotImplemented, error);
        return false;
    }

    private T? With<T>(uint managerAccess, uint access, Func<nint, T> work)
    {
        nint manager = ScmCalls.OpenSCManager(null, null, managerAccess);
        Check(manager != 0);
        try
        {
            nint service = ScmCalls.OpenService(manager, name, access);
            if (service == 0)
            {
                Check(Marshal.GetLastPInvokeError() == ScmCalls.Missing);
                return default;
            }

            try
            {
                return work(service);
            }
            finally
            {
                _ = ScmCalls.CloseServiceHandle(service);
            }
        }
        finally
        {
            _ = ScmCalls.CloseServiceHandle(manager);
        }
    }

    private static void Check(bool well) => Check(well, Marshal.GetLastPInvokeError());

    private static void Check(bool well, int error)
    {
        if (!well)
            throw new Win32Exception(error);
    }
}

/// <param name="Command">The program with its arguments.</param>
/// <param name="ExitCode">Of the last run that ended; 0 before any did.</param>
public sealed record ScmState(string Command, bool IsEnabled, bool IsRunning, bool IsStopped, int ProcessId, int ExitCode);
