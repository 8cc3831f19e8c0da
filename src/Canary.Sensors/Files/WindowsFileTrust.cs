using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Canary.Sensors.Files;

/// <summary>Asks an open file for its owner and its list of rights.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsFileTrust
{
    // SE_FILE_OBJECT; OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION
    private const int FileObject = 1;
    private const uint OwnerAndRights = 1 | 4;

    public static unsafe string? Distrust(SafeFileHandle file)
    {
        if (GetSecurityInfo(file, FileObject, OwnerAndRights, 0, 0, 0, 0, out nint descriptor) != 0)
            return "its owner cannot be told";
        try
        {
            return WindowsAcl.Distrust(new ReadOnlySpan<byte>((void*)descriptor, (int)GetSecurityDescriptorLength(descriptor)));
        }
        finally
        {
            LocalFree(descriptor);
        }
    }

    [LibraryImport("advapi32.dll")]
    private static partial uint GetSecurityInfo(SafeFileHandle handle, int type, uint asked, nint owner, nint group, nint dacl, nint sacl, out nint descriptor);

    [LibraryImport("advapi32.dll")]
    private static partial uint GetSecurityDescriptorLength(nint descriptor);

    [LibraryImport("kernel32.dll")]
    private static partial nint LocalFree(nint memory);
}
