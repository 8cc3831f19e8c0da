namespace Canary.Sensors.Fanotify;

/// <summary>A directory with what lies below it, watched within bounds: a work tree, or one sensitive directory.</summary>
internal sealed class Scope(byte[] root, bool isTree, ulong mask, FileRole role, int maxDirectories, int maxDepth)
{
    public byte[] Root { get; } = root;
    public bool IsTree { get; } = isTree;
    public ulong Mask { get; } = mask;

    /// <summary>What a file of this scope that is marked on its own is to us.</summary>
    public FileRole Role { get; } = role;

    public int MaxDirectories { get; } = maxDirectories;
    public int MaxDepth { get; } = maxDepth;
    public int Directories { get; set; }

    /// <summary>Which look at the tree this is: every new one counts the directories afresh.</summary>
    public int Round { get; set; }

    /// <summary>Directories that wait to be marked: they count against the bound, or a hostile tree would fill the queue.</summary>
    public int Pending { get; set; }

    public int Files { get; set; }

    /// <summary>The bound was met, and said so once.</summary>
    public bool IsCut { get; set; }

    public bool IsForgotten { get; set; }
}
