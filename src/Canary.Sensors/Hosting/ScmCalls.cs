using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Hosting;

/// <summary>The calls of advapi32 to the service control manager, named as Windows names them but for the W.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class ScmCalls
{
    internal const uint Connect = 0x1, CreateIn = 0x2;
    internal const uint QueryConfig = 0x1, ChangeConfig = 0x2, QueryStatus = 0x4, StartRight = 0x10, StopRight = 0x20, DeleteRight = 0x10000;
    internal const uint OwnProcess = 0x10, AutoStart = 2, NormalErrors = 1, NoChange = 0xffffffff;
    internal const int Missing = 1060, Running = 1056, InvalidLevel = 124, NotImplemented = 120, NotActive = 1062, AlreadyGone = 1072;

    internal const uint Description = 1, FailureActions = 2, DelayedAutoStart = 3, FailureActionsFlag = 4, SidType = 5, RequiredPrivileges = 6;

    [LibraryImport("advapi32", EntryPoint = "OpenSCManagerW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial nint OpenSCManager(string? machine, string? database, uint access);

    [LibraryImport("advapi32", EntryPoint = "OpenServiceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial nint OpenService(nint manager, string name, uint access);

    [LibraryImport("advapi32", EntryPoint = "CreateServiceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial nint CreateService(
        nint manager, string name, string display, uint access, uint type, uint start, uint errors, string command,
        string? group, nint tag, string? dependencies, string? account, string? password);

    [LibraryImport("advapi32", EntryPoint = "ChangeServiceConfigW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool ChangeServiceConfig(
        nint service, uint type, uint start, uint errors, string command, string? group, nint tag, string? dependencies, string? account, string? password, string display);

    [LibraryImport("advapi32", EntryPoint = "ChangeServiceConfig2W", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool ChangeServiceConfig2(nint service, uint level, void* words);

    [LibraryImport("advapi32", EntryPoint = "QueryServiceConfigW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool QueryServiceConfig(nint service, byte* into, uint size, out uint needed);

    [LibraryImport("advapi32", EntryPoint = "QueryServiceStatusEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool QueryServiceStatusEx(nint service, uint level, byte* into, uint size, out uint needed);

    [LibraryImport("advapi32", EntryPoint = "StartServiceW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool StartService(nint service, uint count, void* arguments);

    [LibraryImport("advapi32", EntryPoint = "ControlService", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool ControlService(nint service, uint control, byte* status);

    [LibraryImport("advapi32", EntryPoint = "DeleteService", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool DeleteService(nint service);

    [LibraryImport("advapi32", EntryPoint = "CloseServiceHandle")]
    internal static partial int CloseServiceHandle(nint handle);

    /// <summary>SC_ACTION: type 1 restarts the service.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FailureAction
    {
        public uint Type;
        public uint DelayMilliseconds;
    }

    /// <summary>SERVICE_FAILURE_ACTIONSW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FailurePlan
    {
        public uint ResetSeconds;
        public char* RebootMessage;
        public char* Command;
        public uint Count;
        public FailureAction* Actions;
    }

    /// <summary>QUERY_SERVICE_CONFIGW, as far as it is read.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Config
    {
        public uint Type;
        public uint Start;
        public uint Errors;
        public char* Command;
    }

    /// <summary>SERVICE_STATUS_PROCESS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Status
    {
        public uint Type;
        public uint State;
        public uint Accepts;
        public uint ExitCode;
        public uint OwnExitCode;
        public uint CheckPoint;
        public uint WaitHint;
        public uint ProcessId;
        public uint Flags;
    }
}
