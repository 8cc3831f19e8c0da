using System.Runtime.InteropServices;

namespace Canary.Sensors.Proc;

/// <summary>The C library's heap, in which libbpf reads the kernel's types (10 MiB) once and SQLite works.</summary>
public static partial class NativeHeap
{
    /// <summary>Gives back what nobody uses. Only glibc keeps it, and only glibc can be asked.</summary>
    public static void Trim()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, musl: it keeps nothing worth asking for.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint keep);
}
