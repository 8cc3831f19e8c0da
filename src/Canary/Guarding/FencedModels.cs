using System.Runtime.Versioning;
using Canary.ModelFiles;
using Canary.Models.Gating;
using Canary.Models.Locking;
using Canary.Sensors.Files;
using Canary.Sensors.Gating;
using Canary.Sensors.Landlock;

namespace Canary.Guarding;

/// <summary>
/// A directory of models for one command, without root: it is held against the lock once, and then the command can read the files that are
/// as they were locked, and no others below the directory.
/// </summary>
/// <remarks>Who may write the files may change them after that; the gate of root (`canary model guard`) sees it, a fence does not.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class FencedModels : IDisposable
{
    private readonly ModelFence _fence;

    private FencedModels(ModelFence fence, int readable, IReadOnlyList<ModelLoad> kept) => (_fence, Readable, Kept) = (fence, readable, kept);

    /// <summary>Files that the command can read.</summary>
    public int Readable { get; }

    /// <summary>Files of the lock that it cannot, for the rules.</summary>
    public IReadOnlyList<ModelLoad> Kept { get; }

    /// <exception cref="IOException">The fence cannot be made.</exception>
    public static FencedModels Make(ModelLock held, string lockFile, string directory, TimeProvider time, CancellationToken cancel)
    {
        string real = FileSeal.RealPath(directory);
        var asked = new AskedFiles(held, lockFile, [directory]);
        var results = new LockVerifier(asked.Files, new VerifyOptions(ModelFilesHere.Create())).Run(cancel);
        cancel.ThrowIfCancellationRequested();
        var book = LockedBook.Of(asked);
        string[] good = [.. results.Where(r => r.State == FileState.Good).Select(r => FileSeal.RealPath(r.FullPath))];
        var kept = new List<ModelLoad>();
        foreach (var result in results.Where(r => r.State is not (FileState.Good or FileState.Missing)))
        {
            string path = FileSeal.RealPath(result.FullPath);
            kept.Add(new ModelLoad(
                path, book.Expected(path, result.Size ?? 0), GateAnswer.Denied,
                result.State is FileState.Unreadable or FileState.Unstable ? GateReason.Unreadable : GateReason.Changed,
                result.Reason ?? "it is not as the lock says, and the command cannot read it", new Loader(Environment.ProcessId, 0, [], []),
                GatedFile.Shortened(result.Bad.SelectMany(b => b.Tensors).Select(t => t.Name).Distinct()), time.GetUtcNow()));
        }

        return new FencedModels(ModelFence.Make([real], good), good.Length, kept);
    }

    /// <summary>Starts something inside the fence.</summary>
    public T Within<T>(Func<T> start) => _fence.Within(start);

    public void Dispose() => _fence.Dispose();
}
