using System.Text;

namespace Canary.Sensors.Fanotify;

/// <summary>Paths as the kernel has them: bytes, NUL-terminated where they go to C.</summary>
internal static class Bytes
{
    internal const int LongestPath = 4352;

    internal static byte[] Of(string text) => Encoding.UTF8.GetBytes(text);

    internal static byte[] Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name)
    {
        bool slash = directory.IsEmpty || directory[^1] == (byte)'/' || name.IsEmpty;
        var joined = new byte[directory.Length + (slash ? 0 : 1) + name.Length];
        directory.CopyTo(joined);
        if (!slash)
            joined[directory.Length] = (byte)'/';
        name.CopyTo(joined.AsSpan(joined.Length - name.Length));
        return joined;
    }

    internal static byte[] Terminated(ReadOnlySpan<byte> path)
    {
        var copy = new byte[path.Length + 1];
        path.CopyTo(copy);
        return copy;
    }

    /// <summary><c>*</c> stands for any bytes; everything else for itself.</summary>
    internal static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        int p = 0, n = 0, star = -1, retry = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == (byte)'*')
            {
                star = p++;
                retry = n;
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++retry;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == (byte)'*')
            p++;
        return p == pattern.Length;
    }

    internal static bool IsUnder(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.StartsWith(directory) && (path.Length == directory.Length || directory[^1] == (byte)'/' || path[directory.Length] == (byte)'/');
}
