using Canary.Config;
using Canary.Models.Locking;
using Canary.Scanning;
using Canary.Sensors.Files;
using Canary.Text;
using Canary.Yaml;

namespace Canary.ModelFiles;

/// <summary>The models of a tree held against the lock that canary.yml names: the part of <c>canary gate</c> that is not about packages.</summary>
internal static class LockedModels
{
    /// <summary>None where canary.yml names no lock. Paths are from the root of the scan.</summary>
    /// <param name="lacksLock">A lock is named and is not there, or is not sound.</param>
    public static IReadOnlyList<ScanFinding> Findings(ModelsConfig config, string root, CancellationToken cancel, out bool lacksLock)
    {
        lacksLock = false;
        if (config.Lock is not { } lockFile)
            return [];
        var faults = new Diagnostics();
        if (LockStore.Read(lockFile, faults) is not { } held)
        {
            lacksLock = true;
            return [ModelFindings.Unread(From(root, lockFile), faults.Count > 0 ? Printable.Line(faults.All[0].ToString(), 400) : "no lock")];
        }

        var files = ModelFilesHere.Create();
        var asked = new AskedFiles(held, lockFile, []);
        var results = new LockVerifier(asked.Files, new VerifyOptions(files)).Run(cancel);
        cancel.ThrowIfCancellationRequested();
        var found = results.Select(VerifyFindings.Of).OfType<ScanFinding>().Concat(VerifyFindings.Extra(asked, new ModelTree(asked.Base, files), lockFile));
        return [.. found.Select(f => f with { File = From(root, Path.Combine(asked.Base, f.File)) })];
    }

    private static string From(string root, string path) => Path.GetRelativePath(root, Path.GetFullPath(path)).Replace('\\', '/');
}
