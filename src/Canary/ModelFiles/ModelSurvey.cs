using System.Collections.Concurrent;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Models.Pickles;
using Canary.Models.Provenance;

namespace Canary.ModelFiles;

/// <summary>Reads the files of a tree: what each is, and its digests. Several may be read at once.</summary>
/// <param name="claims">What publishers say of a file: the digests that are to be taken of it.</param>
internal sealed class ModelSurvey(ModelTree tree, IModelFiles files, ImportPolicy imports, Func<TreeFile, IEnumerable<HashClaim>>? claims = null)
{
    private readonly ConcurrentQueue<(string Path, string Reason)> _unread = [];
    private int _skipped;

    /// <summary>Take digests, which reads every byte.</summary>
    public bool WithDigests { get; init; } = true;

    /// <summary>Take a digest of each tensor as well.</summary>
    public bool WithTensors { get; init; }

    /// <summary>Take files that are no models, too.</summary>
    public bool Everything { get; init; }

    /// <summary>Files that are no models and were not read.</summary>
    public int Skipped => _skipped;

    /// <summary>What should have been read and was not.</summary>
    public IEnumerable<(string Path, string Reason)> Unread => _unread.OrderBy(u => u.Path, StringComparer.Ordinal).Concat(tree.Unread);

    /// <summary>Told of each file before it is read, and of its bytes as they are done; by several threads.</summary>
    public Action<TreeFile, long, long>? Tell { get; init; }

    /// <param name="named">The user named this very file.</param>
    public ModelReport? Read(TreeFile file, bool named, CancellationToken cancel)
    {
        try
        {
            using var bytes = new FileBytes(System.IO.Path.GetFileName(file.Path), tree.Open(file.FullPath));
            if (!Everything && !named && !ModelNames.IsModel(file.Path) && ModelFormats.Of(bytes) is null)
            {
                Interlocked.Increment(ref _skipped);
                return null;
            }

            return Read(file, bytes, named, cancel);
        }
        catch (FileNotFoundException) when (!named && !Path.Exists(file.FullPath) && new FileInfo(file.FullPath).LinkTarget is null)
        {
            // Gone since the directory was listed.
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!Everything && !named && !ModelNames.IsModel(file.Path))
                Interlocked.Increment(ref _skipped);
            else
                _unread.Enqueue((file.Path, e.Message));
            return null;
        }
    }

    private ModelReport? Read(TreeFile file, FileBytes bytes, bool named, CancellationToken cancel)
    {
        Tell?.Invoke(file, 0, bytes.Length);
        files.Sync(bytes.Handle);
        var before = files.KeyOf(bytes.Handle);
        using var siblings = new Siblings(tree, files, file.FullPath);
        var facts = ModelFormats.Inspect(bytes, new ModelInspection(imports, siblings.Open, cancel));
        siblings.Report(facts);
        if (facts.Format == "unknown")
            facts.Report("unknown-format", ModelVerdict.Unknown, "offset 0", "its content is of no format that Canary knows");
        var said = claims?.Invoke(file).ToList() ?? [];
        var digests = !WithDigests ? null : FilePass.Run(
            bytes, WithTensors ? facts.Tensors : [], [.. said.Select(c => c.Algorithm)], [.. said.Select(c => c.Range).OfType<(long, long)>()], done => Tell?.Invoke(file, done, bytes.Length), cancel);
        if (files.KeyOf(bytes.Handle) == before)
            return new ModelReport(file.Path, file.FullPath, bytes.Length, facts, digests) { Named = named, Key = before };
        _unread.Enqueue((file.Path, "it was written while it was read"));
        return null;
    }
}
