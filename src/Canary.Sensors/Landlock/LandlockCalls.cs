using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Landlock;

/// <summary>The three calls of Landlock (linux/landlock.h), which the C library has no wrappers for.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LandlockCalls
{
    internal const ulong ReadFile = 1UL << 2;
    internal const ulong Refer = 1UL << 13;

    private const nint Create = 444, Add = 445, Restrict = 446;
    private const uint Version = 1;
    private const int PathBeneath = 1;
    private const int NoNewPrivileges = 38;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nint a, nint b, nint c, nint d);

    /// <summary>The version of the interface; negative where the kernel has none, or it was not enabled at boot.</summary>
    internal static int InterfaceVersion() => (int)Syscall(Create, 0, 0, (nint)Version, 0);

    /// <summary>A ruleset that denies so much unless a rule allows it; a descriptor, or negative.</summary>
    internal static int CreateRuleset(ulong denied)
    {
        ulong* attributes = stackalloc ulong[1] { denied };
        return (int)Syscall(Create, (nint)attributes, sizeof(ulong), 0, 0);
    }

    /// <param name="file">An O_PATH descriptor of a file, or of a directory with all below it.</param>
    internal static bool Allow(int ruleset, int file, ulong access)
    {
        // struct landlock_path_beneath_attr is packed: eight bytes and four.
        byte* attributes = stackalloc byte[12];
        *(ulong*)attributes = access;
        *(int*)(attributes + 8) = file;
        return Syscall(Add, ruleset, PathBeneath, (nint)attributes, 0) == 0;
    }

    /// <summary>Of this thread and all that it starts from now on; nothing takes it off again.</summary>
    internal static bool RestrictThread(int ruleset) =>
        PrCtl(NoNewPrivileges, 1, 0, 0, 0) == 0 && Syscall(Restrict, ruleset, 0, 0, 0) == 0;
}
