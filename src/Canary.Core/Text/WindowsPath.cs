namespace Canary.Text;

/// <summary>
/// Paths as Windows reads them, on any system: total functions, nothing here asks a disk. Two spellings of one file have one
/// <see cref="Identity"/>, whatever the prefix, the separators and the case. Rules after Microsoft's «File path formats on Windows
/// systems» and «Naming files, paths, and namespaces».
/// </summary>
public static class WindowsPath
{
    private const string Nt = @"\??\", Unc = @"UNC\", Global = @"GLOBALROOT\";

    /// <summary>True where the text is an absolute path of Windows: a drive, a share, a device or a name of the kernel's (<c>\Device\…</c>).</summary>
    public static bool IsOne(ReadOnlySpan<char> path) =>
        path.Length >= 2 && ((char.IsAsciiLetter(path[0]) && path[1] == ':' && (path.Length == 2 || IsSeparator(path[2])))
            || path.StartsWith(@"\\", StringComparison.Ordinal) || path.StartsWith(@"\??\", StringComparison.Ordinal) || IsNative(path));

    /// <summary>
    /// The short spelling: <c>C:\a\b</c>, <c>\\server\share\a</c>, <c>\\.\pipe\a</c>, <c>\Device\…</c>; relative paths stay relative.
    /// Case and streams stay. A verbatim path (<c>\\?\</c>) keeps its prefix where the short spelling would mean another file.
    /// </summary>
    public static string Normal(string path)
    {
        // As nearly every path of an event is.
        if (IsPlain(path))
            return path;
        if (IsNative(path))
            return Native(path);
        if (path.StartsWith(@"\\?\", StringComparison.Ordinal) || path.StartsWith(Nt, StringComparison.Ordinal))
            return Verbatim(path[4..]);
        string text = path.Replace('/', '\\').TrimEnd(' ');
        if (text.StartsWith(@"\\?\", StringComparison.Ordinal) || text.StartsWith(@"\\.\", StringComparison.Ordinal) || text.StartsWith(Nt, StringComparison.Ordinal))
            return Device(text[4..]);
        int root = RootLength(text);
        string normal = Parts(text[..root], text.AsSpan(root));
        // «/./Device/…» has become a name of the kernel's only now.
        return IsNative(normal) || normal.StartsWith(Nt, StringComparison.Ordinal) ? Normal(normal) : normal;
    }

    /// <summary>
    /// The same text for every spelling of one file: <see cref="Normal"/> in capitals (as ordinal comparison folds them), without the
    /// names of the default stream and of a folder's own index, and with one name for this machine's shares and for WSL's.
    /// </summary>
    public static string Identity(string path)
    {
        string normal = Normal(path).ToUpperInvariant();
        // Cutting one name can lay another bare, as in «a::$DATA::$DATA»; each turn makes the text shorter.
        for (string before = ""; before != normal;)
        {
            before = normal;
            normal = Normal(WindowsStreams.WithoutDefaults(Aliased(normal))).ToUpperInvariant();
        }

        return normal;
    }

    /// <summary>True where two spellings mean one file, as far as the text alone can tell.</summary>
    public static bool Same(string one, string other) => Identity(one) == Identity(other);

    /// <summary>The last part of <see cref="Normal"/> without a stream; empty for a root.</summary>
    public static string FileName(string path)
    {
        string file = WindowsStreams.Split(Normal(path)).File;
        return file[NameStart(file)..].TrimEnd('\\');
    }

    /// <summary>From the last dot of <see cref="FileName"/> on; empty where there is none, or nothing behind it.</summary>
    public static string Extension(string path)
    {
        string name = FileName(path);
        int dot = name.LastIndexOf('.');
        return dot < 0 || dot == name.Length - 1 ? "" : name[dot..];
    }

    /// <summary><see cref="Normal"/> without its last part, and without a separator at its end but for a root's own; empty for a relative name.</summary>
    public static string Directory(string path)
    {
        string file = WindowsStreams.Split(Normal(path)).File;
        int root = RootLength(file), end = NameStart(file);
        return file[..(end > root ? end - 1 : root)];
    }

    /// <summary>Where the last part begins in a path in its short spelling; its length for a root.</summary>
    internal static int NameStart(string normal) => Math.Max(RootLength(normal), normal.AsSpan().TrimEnd('\\').LastIndexOf('\\') + 1);

    /// <summary>How much of a path with backslashes is not a name: <c>C:\</c>, <c>C:</c>, <c>\</c>, <c>\\server\share\</c>, <c>\\.\</c>, <c>\\?\</c>.</summary>
    internal static int RootLength(ReadOnlySpan<char> path)
    {
        if (path.StartsWith(@"\\.\", StringComparison.Ordinal) || path.StartsWith(@"\\?\", StringComparison.Ordinal))
            return 4 + (IsDrive(path[4..]) ? 3 : IsVerbatimShare(path) ? 4 + ShareLength(path[8..]) : 0);
        if (path.StartsWith(@"\\", StringComparison.Ordinal))
            return 2 + ShareLength(path[2..]);
        if (path.Length > 0 && path[0] == '\\')
            return 1;
        return path.Length >= 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' ? path.Length > 2 && path[2] == '\\' ? 3 : 2 : 0;
    }

    private static bool IsVerbatimShare(ReadOnlySpan<char> path) => path[2] == '?' && path[4..].StartsWith(@"UNC\", StringComparison.OrdinalIgnoreCase);

    // «server\share\»: two names with the separator behind them, as far as they are there.
    private static int ShareLength(ReadOnlySpan<char> rest)
    {
        int server = rest.IndexOf('\\');
        if (server < 0)
            return rest.Length;
        int share = rest[(server + 1)..].IndexOf('\\');
        return share < 0 ? rest.Length : server + 1 + share + 1;
    }

    private static bool IsSeparator(char c) => c is '\\' or '/';

    private static bool IsDrive(ReadOnlySpan<char> text) => text.Length > 2 && char.IsAsciiLetter(text[0]) && text[1] == ':' && text[2] == '\\';

    private static bool IsPlain(ReadOnlySpan<char> path) =>
        path.Length > 3 && IsDrive(path) && path[3] != '\\' && path[^1] is not ('\\' or '.' or ' ')
        && !path.Contains('/') && path[3..].IndexOf(@"\\", StringComparison.Ordinal) < 0 && path[3..].IndexOf(@".\", StringComparison.Ordinal) < 0;

    private static bool IsNative(ReadOnlySpan<char> path) => path.StartsWith(@"\Device\", StringComparison.OrdinalIgnoreCase);

    // The kernel's names are taken as they are. Only the redirector's are a share's other name.
    private static string Native(string path)
    {
        const string Mup = @"\Device\Mup\";
        if (!path.StartsWith(Mup, StringComparison.OrdinalIgnoreCase) || path.Length == Mup.Length || path[Mup.Length] is '\\' or ';')
            return path;
        return Exact(@"\\" + path[Mup.Length..]) ?? path;
    }

    private static string Verbatim(string rest)
    {
        if (IsGlobal(rest))
            return Native(rest[(Global.Length - 1)..]);
        return Exact(IsDrive(rest) ? rest : Share(rest) ?? @"\\.\" + rest) ?? @"\\?\" + rest;
    }

    // A short spelling means the same file only if nothing in it would be read otherwise: «a.», «..», «b/c».
    private static string? Exact(string shorter) => Normal(shorter) == shorter ? shorter : null;

    private static string Device(string rest)
    {
        for (int again = 0; ; again++)
        {
            if (IsDrive(rest))
                return Parts(rest[..3], rest.AsSpan(3));
            if (IsGlobal(rest))
                return Native(rest[(Global.Length - 1)..]);
            if (Share(rest) is { } share)
                return Normal(share);
            string normal = Parts(@"\\.\", rest);
            if (again > 0 || normal.Length <= 4)
                return normal;
            rest = normal[4..];
        }
    }

    // What has another name outside the namespace of devices.
    private static string? Share(string rest) =>
        rest.StartsWith(Unc, StringComparison.OrdinalIgnoreCase) && rest.Length > Unc.Length && rest[Unc.Length] is not ('\\' or '?' or '.') ? @"\\" + rest[Unc.Length..] : null;

    private static bool IsGlobal(string rest) => rest.StartsWith(Global, StringComparison.OrdinalIgnoreCase) && IsNative(rest.AsSpan(Global.Length - 1));

    private static string Parts(string root, ReadOnlySpan<char> rest)
    {
        var names = new List<string>();
        bool rooted = root.EndsWith('\\') || root.StartsWith(@"\\", StringComparison.Ordinal), open = rest.EndsWith('\\');
        foreach (var range in rest.Split('\\'))
        {
            var name = rest[range];
            if (name.IsEmpty || name is ".")
                continue;
            if (name is ".." && names.Count > 0 && names[^1] != "..")
                names.RemoveAt(names.Count - 1);
            else if (name is not ".." || !rooted)
                names.Add(name is ".." ? ".." : Inner(name));
        }

        // Only the end of a path loses all its dots and spaces; a separator behind it protects them.
        while (names.Count > 0)
        {
            string trimmed = names[^1] is ".." ? ".." : names[^1].TrimEnd(' ', '.');
            if (trimmed == names[^1])
                open = false;
            else if (!open && trimmed.Length > 0)
                names[^1] = trimmed;
            else if (!open)
            {
                names.RemoveAt(names.Count - 1);
                open = true;
                continue;
            }

            break;
        }

        open &= names.Count > 0;
        // The separator behind a share's name goes, where nothing depends on it.
        string head = names.Count == 0 && root.Length > 4 && root.StartsWith(@"\\", StringComparison.Ordinal) && root[^1] == '\\' && root[^2] is not ('\\' or ' ')
            ? root[..^1] : root;
        return head + string.Join('\\', names) + (open ? "\\" : "");
    }

    // «a.» within a path is «a»; «a..» is a name.
    private static string Inner(ReadOnlySpan<char> name) => (name.Length > 1 && name[^1] == '.' && name[^2] != '.' ? name[..^1] : name).ToString();

    private static string Aliased(string capitals)
    {
        const string Wsl = @"\\WSL$\";
        if (capitals.StartsWith(Wsl, StringComparison.Ordinal))
            return @"\\WSL.LOCALHOST\" + capitals[Wsl.Length..];
        foreach (string here in (ReadOnlySpan<string>)[@"\\LOCALHOST\", @"\\127.0.0.1\", @"\\--1.IPV6-LITERAL.NET\"])
        {
            // The administrator's share of a drive: «\\localhost\C$\a».
            if (capitals.StartsWith(here, StringComparison.Ordinal) && capitals.Length > here.Length + 1 && char.IsAsciiLetter(capitals[here.Length])
                && capitals[here.Length + 1] == '$' && (capitals.Length == here.Length + 2 || capitals[here.Length + 2] == '\\'))
                return $"{capitals[here.Length]}:\\{capitals.AsSpan(Math.Min(capitals.Length, here.Length + 3))}";
        }

        return capitals;
    }
}
