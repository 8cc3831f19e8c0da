using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Text;

namespace Canary.Sensors.Proc;

/// <summary>What /proc says of a process, as long as it lives. Everything here races with its exit and its next exec.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class ProcFiles
{
    public const int ArgumentsMost = 128 * 1024;

    private const long NsPerTick = 10_000_000; // USER_HZ is 100 on every architecture that .NET runs on

    /// <summary>Where <c>exe</c>, <c>cwd</c> or <c>root</c> points; null when the process is gone or not ours to see.</summary>
    public static string? Link(int pid, string name, ref bool lossy)
    {
        byte* target = stackalloc byte[4097];
        nint length = ReadLink(Path(pid, name), target, 4096);
        if (length <= 0)
            return null;
        string text = Utf8.Decode(new ReadOnlySpan<byte>(target, (int)length), ref lossy);
        return text.StartsWith("/memfd:", StringComparison.Ordinal) ? text[1..].Replace(" (deleted)", "", StringComparison.Ordinal) : text;
    }

    /// <summary>The argument list, up to 128 KiB.</summary>
    public static string[] Arguments(int pid, ref bool cut, ref bool lossy)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ArgumentsMost + 1);
        try
        {
            var bytes = Read(Path(pid, "cmdline"), buffer.AsSpan(0, ArgumentsMost + 1));
            cut |= bytes.Length > ArgumentsMost;
            bytes = bytes[..Math.Min(bytes.Length, ArgumentsMost)];
            return NulStrings.Split(bytes, Utf8.Decode, ref lossy);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Parent and start from /proc/PID/stat. The start is exact to 10 ms only, the clock tick of that file.</summary>
    public static bool TryStat(int pid, out ProcStat stat)
    {
        stat = default;
        Span<byte> buffer = stackalloc byte[1024];
        var text = Read(Path(pid, "stat"), buffer);
        int end = text.LastIndexOf((byte)')'); // the name before it may hold anything, brackets and blanks too
        if (end < 0)
            return false;
        Span<Range> fields = stackalloc Range[32];
        Span<char> rest = stackalloc char[text.Length - end];
        int length = System.Text.Encoding.ASCII.GetChars(text[(end + 1)..], rest);
        ReadOnlySpan<char> line = rest[..length].Trim();
        int count = line.Split(fields, ' ');
        // after the name: 0 state, 1 ppid, 6 flags, 19 starttime
        if (count < 20
            || !int.TryParse(line[fields[1]], NumberStyles.Integer, CultureInfo.InvariantCulture, out int parent)
            || !uint.TryParse(line[fields[6]], NumberStyles.Integer, CultureInfo.InvariantCulture, out uint flags)
            || !long.TryParse(line[fields[19]], NumberStyles.Integer, CultureInfo.InvariantCulture, out long ticks))
            return false;
        stat = new ProcStat(parent, ticks * NsPerTick, line[fields[0]] is "Z" or "X", (flags & 0x00200000) != 0);
        return true;
    }

    /// <summary>Whether the pid still is the process that was forked at that nanosecond.</summary>
    public static bool IsAlive(Canary.Events.ProcessKey key) =>
        TryStat(key.Pid, out var stat) && !stat.Dead && stat.StartedNs / NsPerTick == key.StartedNs / NsPerTick;

    public static uint Uid(int pid)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var text = Read(Path(pid, "status"), buffer);
        int at = text.IndexOf("\nUid:\t"u8);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(text[(at + 6)..], out uint uid, out _) ? uid : uint.MaxValue;
    }

    private static string Path(int pid, string name) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{name}");

    public static ReadOnlySpan<byte> ReadFile(int pid, string name, Span<byte> into) => Read(Path(pid, name), into);

    private static ReadOnlySpan<byte> Read(string path, Span<byte> into)
    {
        try
        {
            using var file = File.OpenHandle(path);
            int length = 0;
            while (length < into.Length)
            {
                int taken = RandomAccess.Read(file, into[length..], length);
                if (taken <= 0)
                    break;
                length += taken;
            }

            return into[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    [LibraryImport("libc", EntryPoint = "readlink", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLink(string path, byte* into, nuint size);
}

/// <param name="Dead">A zombie: nothing of it runs.</param>
/// <param name="Kernel">A thread of the kernel.</param>
internal readonly record struct ProcStat(int Parent, long StartedNs, bool Dead, bool Kernel);
