using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Canary.Sensors.Etw;

/// <summary>The calls of kernel32 that the sensor needs.</summary>
[SupportedOSPlatform("windows")]
internal static partial class Kernel32
{
    /// <summary>PROCESS_QUERY_LIMITED_INFORMATION</summary>
    public const uint QueryLimited = 0x1000;

    [LibraryImport("kernel32.dll", EntryPoint = "OpenProcess", SetLastError = true)]
    public static partial SafeProcessHandle OpenProcess(uint access, [MarshalAs(UnmanagedType.Bool)] bool inherit, uint pid);

    [LibraryImport("kernel32.dll", EntryPoint = "QueryFullProcessImageNameW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool QueryFullProcessImageName(SafeProcessHandle process, uint flags, [Out] char[] name, ref uint length);

    /// <summary>Times in units of 100 ns since 1601.</summary>
    [LibraryImport("kernel32.dll", EntryPoint = "GetProcessTimes", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetProcessTimes(SafeProcessHandle process, out long created, out long exited, out long kernel, out long user);

    /// <summary>Fills with the device of a drive (<c>C:</c>), in characters and an end mark; 0 where there is none.</summary>
    [LibraryImport("kernel32.dll", EntryPoint = "QueryDosDeviceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial uint QueryDosDevice(string drive, [Out] char[] device, uint length);
}
