namespace Canary.Text;

/// <summary>Alternate data streams in paths: <c>file:stream:$DATA</c>. A drive's colon is none.</summary>
public static class WindowsStreams
{
    // NTFS knows more types; these two name what a path without them names.
    private const string Data = ":$DATA", Index = "$INDEX_ALLOCATION";

    /// <summary>The file, and what stands behind the first colon of its name (<c>stream</c>, <c>stream:$DATA</c>, empty); null where there is no colon.</summary>
    public static (string File, string? Stream) Split(string path)
    {
        int name = path.LastIndexOfAny(['\\', '/']) + 1;
        // «C:a» is a drive, at the very beginning or behind a device prefix.
        if (IsDriveAt(path, name))
            name += 2;
        int colon = path.IndexOf(':', name);
        return colon < 0 ? (path, null) : (path[..colon], path[(colon + 1)..]);
    }

    /// <summary>True where a named stream is meant: the default stream has no name.</summary>
    public static bool IsAlternate(string path) => Split(path).Stream is { } stream && stream.Split(':')[0].Length > 0
        && !stream.Equals("$I30:" + Index, StringComparison.OrdinalIgnoreCase);

    /// <summary>Without the names that change nothing: <c>a::$DATA</c>, <c>folder::$INDEX_ALLOCATION</c>, <c>a:</c>, and the type behind a stream's name.</summary>
    internal static string WithoutDefaults(string path)
    {
        if (path.IndexOf(':', StringComparison.Ordinal) < 0 || path.StartsWith(@"\\?\", StringComparison.Ordinal))
            return path;
        string[] parts = path.Split('\\');
        for (int i = 0; i < parts.Length; i++)
        {
            int from = IsDriveAt(parts[i], 0) && (i == 0 || (i == 3 && path.StartsWith(@"\\.\", StringComparison.Ordinal))) ? 2 : 0;
            int colon = parts[i].IndexOf(':', from);
            if (colon < 0)
                continue;
            string stream = parts[i][(colon + 1)..];
            bool nothing = stream.Length == 0 || stream.Equals(Data, StringComparison.OrdinalIgnoreCase)
                || stream.Equals(':' + Index, StringComparison.OrdinalIgnoreCase) || stream.Equals("$I30:" + Index, StringComparison.OrdinalIgnoreCase);
            if (nothing)
                parts[i] = parts[i][..colon];
            else if (stream.EndsWith(Data, StringComparison.OrdinalIgnoreCase))
                parts[i] = parts[i][..^Data.Length];
        }

        return string.Join('\\', parts);
    }

    private static bool IsDriveAt(string path, int at) => at + 1 < path.Length && path[at + 1] == ':' && char.IsAsciiLetter(path[at])
        && (at == 0 || (at == 4 && path[0] is '\\' or '/'));
}
