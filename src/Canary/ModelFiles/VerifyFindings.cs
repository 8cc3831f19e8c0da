using System.Globalization;
using Canary.Commands;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Models.Provenance;
using Canary.Scanning;
using Canary.Text;

namespace Canary.ModelFiles;

/// <summary>What a verification found, told.</summary>
internal static class VerifyFindings
{
    private const int MostRanges = 8;
    private const int MostTensors = 4;
    private static readonly string[] TakeAgain = ["Load it nowhere. Take it again from where it came, and verify it; if it was changed on purpose, lock it again."];

    public static void Tell(ModelView view, CheckedFile result)
    {
        var verdict = result.State switch
        {
            FileState.Good => result.File.Verdict,
            FileState.Unreadable or FileState.Unfinished => ModelVerdict.Unknown,
            _ => ModelVerdict.Deny,
        };
        string note = result.State switch
        {
            FileState.Good when result.FromRecord => result.Key!.Sealed ? "as locked (sealed since it was read)" : "as locked when it was read; its inode and times are the same since",
            FileState.Good => "as locked",
            _ => result.State.ToString().ToLowerInvariant(),
        };
        view.Model(verdict, result.File.Format, result.Size ?? 0, result.File.Path, note, w => ModelShapes.Fields(w, result, verdict));
        if (Of(result) is { } finding)
            view.Finding(finding);
    }

    /// <summary>Files that no lock names.</summary>
    public static IEnumerable<ScanFinding> Extra(AskedFiles asked, ModelTree tree, string lockFile)
    {
        string own = Path.GetFullPath(lockFile);
        foreach (var (file, _) in ModelCommand.FilesOf(tree, asked.Places.Where(Path.Exists)))
        {
            if (asked.Names(file.Path) || file.FullPath == own)
                continue;
            // A bill of materials is made of the lock, after it.
            yield return ModelNames.IsLoaded(file.Path) && !CycloneDxHashes.IsBill(file.Path)
                ? ModelFindings.Of(ModelRules.Extra, file.Path, "the lock does not name it, and a loader may take it up by its name", "Remove it, or read it and lock the directory again.")
                : ModelFindings.Of(ModelRules.Stray, file.Path, "the lock does not name it");
        }

        foreach (var (path, reason) in tree.Unread)
            yield return ModelFindings.Unread(path, reason);
    }

    /// <summary>Null for a file that is as it was locked.</summary>
    public static ScanFinding? Of(CheckedFile result) => result.State switch
    {
        FileState.Corrupt => ModelFindings.Of(ModelRules.Changed, result.File.Path, Ranges(result), TakeAgain),
        FileState.Grown or FileState.Shrunk => ModelFindings.Of(
            ModelRules.Changed, result.File.Path, string.Create(CultureInfo.InvariantCulture, $"it has {result.Size:N0} bytes, and {result.File.Size:N0} were locked"), TakeAgain),
        FileState.Missing => ModelFindings.Of(ModelRules.Missing, result.File.Path, "it is not there", "Take it again, or lock the directory again without it."),
        FileState.Unstable => ModelFindings.Of(ModelRules.Unstable, result.File.Path, result.Reason!, "Find out who writes it, and verify again."),
        FileState.Unreadable => ModelFindings.Unread(result.File.Path, result.Reason ?? "cannot be read"),
        FileState.Unfinished => ModelFindings.Of(ModelRules.Unread, result.File.Path, "it was not read to its end", "Give the same command again: it goes on from where it was."),
        _ => null,
    };

    private static string Ranges(CheckedFile result)
    {
        var told = result.Bad.Take(MostRanges).Select(r => string.Create(CultureInfo.InvariantCulture, $"bytes {r.Offset}-{r.Offset + r.Length - 1}{Tensors(r)}"));
        long bytes = result.Bad.Sum(r => r.Length);
        string more = result.Bad.Count > MostRanges ? $", and {result.Bad.Count - MostRanges} more places" : "";
        return $"{ByteSize.Write(bytes)} of {ByteSize.Write(result.File.Size)} differ, in whole chunks: {string.Join(", ", told)}{more}";
    }

    private static string Tensors(BadRange range) => range.Tensors.Count == 0 ? ""
        : $" ({string.Join(", ", range.Tensors.Take(MostTensors).Select(t => Printable.Line(t.Name, 80)))}{(range.Tensors.Count > MostTensors ? $" and {range.Tensors.Count - MostTensors} more tensors" : "")})";
}
