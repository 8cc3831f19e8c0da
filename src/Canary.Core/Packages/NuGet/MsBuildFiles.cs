using System.Text.RegularExpressions;
using Canary.Packages.Xml;

namespace Canary.Packages.NuGet;

/// <summary>The MSBuild files around a project: those that MSBuild looks for above it, and those that they import by a plain path.</summary>
internal sealed partial class MsBuildFiles(SourceFile project)
{
    private const int MostFiles = 64;
    private const int MostBytes = 4 * 1024 * 1024;
    private const string Here = "$(MSBuildThisFileDirectory)";

    // A file may import itself, and many a file in turn; MSBuild takes each once.
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal) { project.Path };

    /// <summary>The nearest file of a name, in the directory or above it, not yet taken; null where there is none.</summary>
    public (XmlPart Root, string Directory)? Nearest(string name, string directory)
    {
        for (string at = directory; ; at = at[..Math.Max(0, at.LastIndexOf('/'))])
        {
            if (project.Open(at.Length == 0 ? name : at + "/" + name) is { } file)
                return Taken(file);
            if (at.Length == 0)
                return null;
        }
    }

    /// <summary>What an <c>Import</c> takes; null where that is an SDK's, computed, taken before, or not there.</summary>
    public (XmlPart Root, string Directory)? Imported(XmlPart import, string directory, Func<string, string?> resolved)
    {
        if (import.Mark("Sdk") is not null || import.Mark("Project") is not { Length: > 0 } written)
            return null;
        if (Above().Match(written) is { Success: true } above)
            return directory.Length == 0 ? null : Nearest(above.Groups[1].Value.Trim(), directory[..Math.Max(0, directory.LastIndexOf('/'))]);
        if (resolved(written.Replace(Here, "./", StringComparison.OrdinalIgnoreCase)) is not { Length: > 0 } path || path.Contains('*', StringComparison.Ordinal))
            return null;
        return project.Open((directory.Length == 0 ? "" : directory + "/") + path.Replace('\\', '/')) is { } file ? Taken(file) : null;
    }

    private (XmlPart Root, string Directory)? Taken(SourceFile file)
    {
        // What stands around a project is read for each: a huge one would cost as often, and is read for itself anyway.
        if (_taken.Count > MostFiles || file.Bytes.Length > MostBytes || !_taken.Add(file.Path))
            return null;
        try
        {
            return (XmlFile.Read(file), file.Directory);
        }
        catch (UnreadableFileException)
        {
            // Reported where the file itself is read.
            return null;
        }
    }

    [GeneratedRegex(@"GetPathOfFileAbove\(\s*['""`]?([^'""`,)]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Above();
}
