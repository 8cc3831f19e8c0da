using System.Text;

namespace Canary.Models.Locking;

/// <summary>What may stand in a lock as a path: it names a file below the base on every system, and nothing else.</summary>
public static class LockPath
{
    private const int MostBytes = 4096;

    /// <summary>Why it may not; null where it may.</summary>
    public static string? Fault(string path)
    {
        if (path.Length == 0)
            return "is empty";
        if (path.Length > MostBytes || Encoding.UTF8.GetByteCount(path) > MostBytes)
            return $"is longer than {MostBytes} bytes";
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] < ' ' || path[i] == '\x7f')
                return "has a control character in it";
            if (path[i] == '\\' || path[i] == ':' && i == 1)
                return "has a backslash or a drive in it, which lead out of the directory on other systems";
            if (path[i] == '\uFFFD' || char.IsSurrogate(path[i]) && !IsPair(path, ref i))
                return "is no valid Unicode";
        }

        foreach (string part in path.Split('/'))
        {
            if (part.Length == 0)
                return path[0] == '/' ? "is absolute" : "has an empty part";
            if (part is "." or "..")
                return "has '.' or '..' in it, and may lead out of the directory";
        }

        return null;
    }

    private static bool IsPair(string text, ref int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) && ++at > 0;
}
