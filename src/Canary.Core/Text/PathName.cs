namespace Canary.Text;

/// <summary>The last part of a path of whichever system: what a program is called.</summary>
public static class PathName
{
    /// <summary>
    /// Behind the last <c>/</c>; where the path is one of Windows (a drive, a share, a device), as <see cref="WindowsPath.FileName"/> has
    /// it. A backslash in a path of Linux is a letter like any other.
    /// </summary>
    public static string Of(string path) => WindowsPath.IsOne(path) ? WindowsPath.FileName(path) : path[(path.LastIndexOf('/') + 1)..];
}
