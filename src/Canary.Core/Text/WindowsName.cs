namespace Canary.Text;

/// <summary>Names within a path that Windows treats in a way of their own: devices' names, and short names (8.3).</summary>
public static class WindowsName
{
    private static readonly System.Buffers.SearchValues<char> NeverShort = System.Buffers.SearchValues.Create(" +,;=[]:\\/");

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    /// <summary>True for a name that means a device in every folder: <c>NUL</c>, <c>con.txt</c>, <c>COM¹</c>. Before Windows 11 an extension changed nothing.</summary>
    public static bool IsReserved(ReadOnlySpan<char> name)
    {
        int end = name.IndexOfAny('.', ':');
        var stem = (end < 0 ? name : name[..end]).TrimEnd(' ');
        foreach (string device in Devices)
        {
            if (stem.Equals(device, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return stem.Length == 4 && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase))
            && stem[3] is (>= '1' and <= '9') or '¹' or '²' or '³';
    }

    /// <summary>True for what Windows makes of a long name for old programs: <c>PROGRA~1</c>, <c>SETTIN~1.JSO</c>. People can give such names, too.</summary>
    public static bool IsShort(ReadOnlySpan<char> name)
    {
        int dot = name.LastIndexOf('.');
        var stem = dot < 0 ? name : name[..dot];
        var extension = dot < 0 ? default : name[(dot + 1)..];
        int tilde = stem.LastIndexOf('~');
        return tilde >= 1 && stem.Length is >= 3 and <= 8 && tilde < stem.Length - 1 && extension.Length <= 3 && dot != name.Length - 1
            && stem[tilde + 1] != '0' && !stem[(tilde + 1)..].ContainsAnyExceptInRange('0', '9') && !name.ContainsAny(NeverShort) && stem.IndexOf('.') < 0;
    }

    /// <summary>The path with its short names made long.</summary>
    /// <param name="longName">The long name of what the given path, its last part short, names; null where not known.</param>
    /// <param name="unresolved">True where a name that looks short stayed: what it is called is not known, and a rule about names may miss it.</param>
    public static string Expand(string path, Func<string, string?> longName, out bool unresolved)
    {
        unresolved = false;
        string normal = WindowsPath.Normal(path);
        if (normal.IndexOf('~', StringComparison.Ordinal) < 0)
            return normal;
        int root = WindowsPath.RootLength(normal);
        string expanded = normal[..root];
        foreach (string part in normal[root..].Split('\\'))
        {
            string at = expanded + part;
            string? name = IsShort(WindowsStreams.Split(part).File) ? longName(at) : part;
            unresolved |= name is null;
            expanded += (name ?? part) + '\\';
        }

        return expanded[..^1];
    }
}
