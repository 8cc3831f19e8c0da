using Canary.Text;

namespace Canary.Packages;

/// <summary>What a scan is told not to look at, and how many files each glob left out. Not for several threads.</summary>
/// <param name="globs">From the directory that <paramref name="prefix"/> leads down from.</param>
/// <param name="prefix">From there to the root of the scan, with <c>/</c> at its end; empty where they are one.</param>
public sealed class Exclusions(IReadOnlyList<string> globs, string prefix = "")
{
    private readonly PathGlob[] _globs = [.. globs.Select(g => new PathGlob(g))];
    private readonly long[] _files = new long[globs.Count];

    public IEnumerable<(string Glob, long Files)> Counts => _globs.Select((glob, i) => (glob.Source, _files[i]));

    public bool IsEmpty => _globs.Length == 0;

    /// <summary>Whether a path, from the root of the scan, is left out.</summary>
    public bool Covers(string path) => IndexOf(path) >= 0;

    /// <summary>As <see cref="Covers"/>, and counts the file.</summary>
    public bool LeavesOut(string path)
    {
        int index = IndexOf(path);
        if (index >= 0)
            _files[index]++;
        return index >= 0;
    }

    private int IndexOf(string path) => _globs.Length == 0 ? -1 : Array.FindIndex(_globs, glob => glob.Matches(prefix + path));
}
