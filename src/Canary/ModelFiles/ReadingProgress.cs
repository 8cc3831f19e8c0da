using System.Collections.Concurrent;
using Canary.Models.Locking;

namespace Canary.ModelFiles;

/// <summary>How far those files are that are being read, all together. From any thread.</summary>
internal sealed class ReadingProgress
{
    private readonly ConcurrentDictionary<string, (long Done, long Total)> _files = new(StringComparer.Ordinal);
    private volatile string _what = "";

    public void Tell(TreeFile file, long done, long total)
    {
        _files[file.FullPath] = (done, total);
        _what = file.Path;
    }

    /// <summary>Bytes done and to do of all files that were begun, and the one that was last told of.</summary>
    public (long Done, long Total, string What) State()
    {
        (long done, long total) = (0, 0);
        foreach (var (_, file) in _files)
            (done, total) = (done + file.Done, total + file.Total);
        return (done, total, _what);
    }
}
