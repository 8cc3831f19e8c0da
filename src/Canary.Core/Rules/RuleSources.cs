using System.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Where rule files come from.</summary>
public static class RuleSources
{
    private const string Prefix = "rules/";
    private const int MostFiles = 50_000;
    private const int MostDepth = 32;

    /// <summary>The rules that the program carries.</summary>
    /// <param name="below">Only those of these directories, as <c>packages/</c>; all where none is named.</param>
    public static IEnumerable<RuleSource> BuiltIn(params string[] below) => BuiltInWith("", below);

    /// <summary>As <see cref="BuiltIn"/>, of those alone that have a text in them: what a short scan needs is a tenth of them, and the others are not even decoded.</summary>
    public static IEnumerable<RuleSource> BuiltInWith(string text, params string[] below)
    {
        var assembly = typeof(RuleSources).Assembly;
        byte[] wanted = Encoding.UTF8.GetBytes(text), bytes = [];
        foreach (string name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || (below.Length > 0 && !below.Any(b => name.AsSpan(Prefix.Length).StartsWith(b, StringComparison.Ordinal))))
                continue;
            using var resource = assembly.GetManifestResourceStream(name)!;
            int length = (int)resource.Length;
            if (bytes.Length < length)
                bytes = new byte[Math.Max(length, 16 * 1024)];
            resource.ReadExactly(bytes, 0, length);
            if (bytes.AsSpan(0, length).IndexOf(wanted) >= 0)
                yield return new RuleSource(name, Encoding.UTF8.GetString(bytes, 0, length), BuiltIn: true);
        }
    }

    /// <summary>
    /// A rule file, or every <c>.yml</c> and <c>.yaml</c> below a directory. Links are followed to files inside the directory only.
    /// What cannot be read is reported, never skipped in silence.
    /// </summary>
    public static IEnumerable<RuleSource> From(string path, List<Diagnostic> faults)
    {
        if (File.Exists(path))
            return Read(path, faults) is { } single ? [single] : [];
        if (!Directory.Exists(path))
        {
            faults.Add(new Diagnostic(path, 0, 0, "no such file or directory"));
            return [];
        }

        var files = new List<string>();
        Walk(path, Path.GetFullPath(path), 0, files, faults);
        files.Sort(StringComparer.Ordinal);
        return files.Select(file => Read(file, faults)).OfType<RuleSource>();
    }

    private static void Walk(string directory, string root, int depth, List<string> files, List<Diagnostic> faults)
    {
        if (depth > MostDepth)
        {
            faults.Add(new Diagnostic(directory, 0, 0, $"nested deeper than {MostDepth} directories"));
            return;
        }

        try
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(directory))
            {
                bool isLink = (File.GetAttributes(entry) & FileAttributes.ReparsePoint) != 0;
                if (Directory.Exists(entry))
                {
                    if (!isLink)
                        Walk(entry, root, depth + 1, files, faults);
                    continue;
                }

                if (Path.GetExtension(entry) is not (".yml" or ".yaml"))
                    continue;
                if (isLink && !IsInside(entry, root))
                    faults.Add(new Diagnostic(entry, 0, 0, "a link to a file outside of the rule directory is not followed"));
                else if (files.Count < MostFiles)
                    files.Add(entry);
                else if (files.Count == MostFiles)
                {
                    files.Add(entry);
                    faults.Add(new Diagnostic(directory, 0, 0, $"more than {MostFiles} rule files"));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new Diagnostic(directory, 0, 0, "cannot be read: " + e.Message));
        }
    }

    private static bool IsInside(string link, string root) =>
        File.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName is { } target
        && target.StartsWith(root.TrimEnd('/') + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static RuleSource? Read(string path, List<Diagnostic> faults)
    {
        try
        {
            // A pipe or a device has no length, and opening it may never return.
            long length = new FileInfo(path) is { LinkTarget: not null } ? new FileInfo(File.ResolveLinkTarget(path, true)!.FullName).Length : new FileInfo(path).Length;
            if (length == 0)
                faults.Add(new Diagnostic(path, 0, 0, "the file is empty, or not a file"));
            else if (length > 4L * YamlReader.MostCharacters)
                faults.Add(new Diagnostic(path, 0, 0, $"larger than {YamlReader.MostCharacters / 1024 / 1024} MiB; split it"));
            else
                return new RuleSource(path, File.ReadAllText(path, Encoding.UTF8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new Diagnostic(path, 0, 0, "cannot be read: " + e.Message));
        }

        return null;
    }
}
