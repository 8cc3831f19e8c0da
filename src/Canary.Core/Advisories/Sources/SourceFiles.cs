using System.IO.Compression;
using Canary.Packages;

namespace Canary.Advisories.Sources;

/// <summary>
/// Reads sources by what they are: <c>.json</c> an OSV record, <c>.zip</c> an archive of such, <c>.csv</c> a table, <c>.txt</c> a list,
/// a directory all of these below it, or what its <c>sources.yml</c> names. Nothing is ever written.
/// </summary>
internal static class SourceFiles
{
    public const string Manifest = "sources.yml";

    private const int MostRecordBytes = 8 * 1024 * 1024;
    private const long MostArchiveBytes = 4L * 1024 * 1024 * 1024;
    private const int MostArchiveEntries = 2_000_000;

    /// <summary>Returns the time that the source says its index is of; null where it says none.</summary>
    public static DateTimeOffset? Read(string path, Statements into)
    {
        string manifest = Path.Combine(path, Manifest);
        if (File.Exists(manifest))
        {
            var read = SourceManifest.Read(manifest, into);
            foreach (var (file, terms) in read.Sources)
                Counted(Path.Combine(path, file), file, terms, into);
            return read.Built;
        }

        if (Directory.Exists(path))
            Folder(path, into);
        else
            Counted(Path.GetFullPath(path), path, SourceTerms.Of(path), into);
        return null;
    }

    private static void Folder(string root, Statements into)
    {
        var faults = new Inventory();
        int before = into.Count, files = 0;
        foreach (var (path, _) in new TreeWalk(root, faults).Files((name, _) => IsSource(name) ? name : null))
        {
            files++;
            One(Path.Combine(root, path), path, SourceTerms.Of(root.TrimEnd('/', '\\')), into);
        }

        foreach (var unread in faults.UnreadParts)
            into.Fault(unread.File, unread.Line, unread.Reason);
        if (files == 0)
            into.Fault(root, 0, "no .json, .zip, .csv or .txt file in it");
        into.AddSource(new AdvisorySource(SourceTerms.Of(root.TrimEnd('/', '\\')).Name, root, "", into.Count - before));
    }

    private static bool IsSource(string name) => Path.GetExtension(name).ToLowerInvariant() is ".json" or ".zip" or ".csv" or ".txt";

    private static void Counted(string full, string shown, SourceTerms terms, Statements into)
    {
        int before = into.Count;
        One(full, shown, terms, into);
        into.AddSource(new AdvisorySource(terms.Name, terms.Origin, terms.Licence, into.Count - before));
    }

    private static void One(string full, string shown, SourceTerms terms, Statements into)
    {
        try
        {
            string kind = Path.GetExtension(full).ToLowerInvariant();
            if (kind == ".zip")
            {
                Archive(full, shown, terms, into);
                return;
            }

            if (new FileInfo(full).Length > SourceFile.MostBytes)
            {
                into.Fault(shown, 0, $"larger than {SourceFile.MostBytes / 1024 / 1024} MiB");
                return;
            }

            Dispatch(kind, new SourceFile(shown, File.ReadAllBytes(full)), terms, into);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            into.Fault(shown, 0, "cannot be read: " + e.Message);
        }
    }

    private static void Dispatch(string kind, SourceFile file, SourceTerms terms, Statements into)
    {
        switch (kind)
        {
            case ".json":
                OsvReader.Read(file, terms, into);
                return;
            case ".csv":
                CsvReader.Read(file, terms, into);
                return;
            case ".txt":
                ListReader.Read(file, terms, into);
                return;
            default:
                into.Fault(file.Path, 0, "no source of a known kind: .json (OSV), .zip (of OSV records), .csv or .txt");
                return;
        }
    }

    // What an archive says of itself (names, lengths) is not believed: no name becomes a path, and lengths are measured while reading.
    private static void Archive(string full, string shown, SourceTerms terms, Statements into)
    {
        using var archive = ZipFile.OpenRead(full);
        if (archive.Entries.Count > MostArchiveEntries)
        {
            into.Fault(shown, 0, $"more than {MostArchiveEntries:N0} entries");
            return;
        }

        long left = MostArchiveBytes;
        byte[] buffer = new byte[64 * 1024];
        foreach (var entry in archive.Entries)
        {
            if (!entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                continue;
            string place = $"{shown}!{entry.FullName}";
            using var content = new MemoryStream();
            try
            {
                using var stream = entry.Open();
                while (content.Length <= MostRecordBytes && stream.Read(buffer) is > 0 and int read)
                    content.Write(buffer, 0, read);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
            {
                into.Fault(place, 0, "cannot be unpacked: " + e.Message);
                continue;
            }

            left -= content.Length;
            if (left < 0)
            {
                into.Fault(shown, 0, $"unpacks to more than {MostArchiveBytes / 1024 / 1024 / 1024} GiB; the rest was not read");
                return;
            }

            if (content.Length > MostRecordBytes)
                into.Fault(place, 0, $"larger than {MostRecordBytes / 1024 / 1024} MiB");
            else
                OsvReader.Read(new SourceFile(place, content.GetBuffer().AsMemory(0, (int)content.Length)), terms, into);
        }
    }
}
