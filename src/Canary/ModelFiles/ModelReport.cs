using Canary.Models;
using Canary.Models.Locking;

namespace Canary.ModelFiles;

/// <summary>One file, read.</summary>
/// <param name="Path">From the base, with <c>/</c>.</param>
/// <param name="Digests">Null where they were not asked for.</param>
internal sealed record ModelReport(string Path, string FullPath, long Size, ModelFacts Facts, TakenDigests? Digests)
{
    /// <summary>The user named this very file.</summary>
    public bool Named { get; init; }

    /// <summary>When it was read it was in this state; null where the system tells none.</summary>
    public FileKey? Key { get; init; }

    /// <summary>No format claimed it; its name is all that is known.</summary>
    public bool IsUnclaimed => Facts.Format == "unknown";
}
