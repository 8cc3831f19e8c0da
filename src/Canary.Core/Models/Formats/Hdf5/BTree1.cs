namespace Canary.Models.Formats.Hdf5;

/// <summary>B-trees of version 1: of the entries of old groups, and of chunks. Read over its children only, as libhdf5 does.</summary>
internal static class BTree1
{
    public const int Groups = 0, Chunks = 1;

    // Each level has at least twice the children of the one above.
    private const int MostLevels = 32;

    /// <summary>The keys and children of all leaves.</summary>
    /// <exception cref="MalformedModelException">It is broken, or leads into itself.</exception>
    public static IEnumerable<(Hdf5Block Key, long Child)> Leaves(Hdf5File file, long root, int type, int keyBytes)
    {
        var open = new Stack<(long Address, int Level)>([(root, -1)]);
        var seen = new HashSet<long>();
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node.Address))
                throw file.Fault(Math.Max(0, node.Address), "a node of a B-tree stands twice in it");
            var prefix = file.Block(node.Address, 8 + 2 * file.OffsetBytes, "the node of a B-tree");
            prefix.Signature("TREE"u8, "the node of a B-tree");
            int kind = prefix.U8(), level = prefix.U8(), used = prefix.U16();
            if (level > MostLevels)
                throw file.Fault(node.Address + 5, $"the B-tree has {level} levels");
            if (kind != type)
                throw file.Fault(node.Address + 4, $"the B-tree is of type {kind}, and {type} is needed here");
            if (node.Level >= 0 && level != node.Level)
                throw file.Fault(node.Address + 5, $"the node of the B-tree is of level {level}, and {node.Level} is expected");
            prefix.Skip(2 * file.OffsetBytes);
            long length = (long)used * (keyBytes + file.OffsetBytes) + keyBytes;
            var entries = file.Block(prefix.Address, length, "the node of a B-tree");
            file.Extents.Structure(node.Address, prefix.Address - node.Address + length);
            for (int i = 0; i < used; i++)
            {
                var key = entries.Part(keyBytes);
                long child = entries.Offset();
                if (level > 0)
                    open.Push((child, level - 1));
                else
                    yield return (key, child);
            }
        }
    }
}
