using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Canary.Sensors.Ebpf;

/// <summary>What libbpf printed, kept for the user instead of landing on the terminal.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LibBpfWords
{
    private const int Most = 16 * 1024;

    // libbpf's print callback is one for the process and has no context argument: what it says can only be kept by thread.
    [ThreadStatic]
    private static StringBuilder? _said;

    /// <summary>Makes libbpf speak to this thread's buffer, and empties that.</summary>
    public static void Listen()
    {
        _said = new StringBuilder();
        LibBpf.SetPrint(&OnPrint);
    }

    /// <summary>The first complaint: what follows are its echoes.</summary>
    public static string Reason()
    {
        string said = _said?.ToString() ?? "";
        foreach (string line in said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith("libbpf:", StringComparison.Ordinal))
                return line["libbpf:".Length..].Trim();
        }

        return "";
    }

    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    private static partial int Format(byte* buffer, nuint size, byte* format, nint arguments);

    [UnmanagedCallersOnly]
    private static int OnPrint(int level, byte* format, nint arguments)
    {
        if (level > 0 || _said is not { Length: < Most } said) // 0 is LIBBPF_WARN
            return 0;
        byte* line = stackalloc byte[512];
        int length = Format(line, 512, format, arguments);
        bool lossy = false;
        if (length > 0)
            said.Append(Text.Utf8.Decode(new ReadOnlySpan<byte>(line, Math.Min(length, 511)), ref lossy));
        return length;
    }
}
