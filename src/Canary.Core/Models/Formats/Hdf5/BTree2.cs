using System.Numerics;

namespace Canary.Models.Formats.Hdf5;

/// <summary>B-trees of version 2: of links and attributes in heaps, of huge objects, and of chunks.</summary>
internal static class BTree2
{
    private const int NodePrefix = 6, NodeSum = 4, MostLevels = 32, MostNodeBytes = 1024 * 1024;

    /// <summary>All records, with the type that the tree says.</summary>
    /// <exception cref="MalformedModelException">It is broken, leads into itself, or is of another type.</exception>
    public static IEnumerable<Hdf5Block> Records(Hdf5File file, long address, params int[] types)
    {
        long length = 22L + file.OffsetBytes + file.LengthBytes;
        var header = file.Block(address, length, "the header of a B-tree");
        header.Signature("BTHD"u8, "the header of a B-tree");
        header.Version(0, 0, "the B-tree");
        int type = header.U8(), nodeBytes = (int)Math.Min(header.U32(), int.MaxValue), recordBytes = header.U16(), depth = header.U16();
        header.Skip(2);
        long root = header.Offset();
        int count = header.U16();
        header.Skip(file.LengthBytes);
        header.Checksum("the B-tree");
        file.Extents.Structure(address, length);
        if (!types.Contains(type))
            throw file.Fault(address + 5, $"the B-tree is of type {type}, which does not belong here");
        if (root == Hdf5File.Undefined)
            return [];
        var widths = Widths(file, nodeBytes, recordBytes, depth);
        return widths is null ? throw file.Fault(address + 6, "nodes of the B-tree are too small for its records, or larger or deeper than any")
            : Walk(file, (root, count, depth), recordBytes, nodeBytes, type, widths);
    }

    private static IEnumerable<Hdf5Block> Walk(Hdf5File file, (long Address, int Count, int Depth) root, int recordBytes, int nodeBytes, int type,
        (long Most, int Count, int Total)[] widths)
    {
        var open = new Stack<(long Address, long Count, int Depth)>([root]);
        var seen = new HashSet<long>();
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node.Address))
                throw file.Fault(Math.Max(0, node.Address), "a node of a B-tree stands twice in it");
            if (node.Count > widths[node.Depth].Most)
                throw file.Fault(Math.Max(0, node.Address), "the node of a B-tree has more records than fit into it");
            var (_, countBytes, totalBytes) = node.Depth > 0 ? widths[node.Depth - 1] : default;
            int pointer = node.Depth > 0 ? file.OffsetBytes + countBytes + totalBytes : 0;
            long length = NodePrefix + node.Count * recordBytes + (node.Depth > 0 ? (node.Count + 1) * pointer : 0) + NodeSum;
            var block = file.Block(node.Address, length, "the node of a B-tree");
            block.Signature(node.Depth > 0 ? "BTIN"u8 : "BTLF"u8, "the node of a B-tree");
            block.Version(0, 0, "the node of a B-tree");
            if (block.U8() != type)
                throw file.Fault(node.Address + 5, "the node belongs to a B-tree of another type");
            file.Extents.Structure(node.Address, nodeBytes);
            var records = block.Part(node.Count * recordBytes);
            for (long i = 0; node.Depth > 0 && i <= node.Count; i++)
            {
                open.Push((block.Offset(), block.Counted(countBytes), node.Depth - 1));
                block.Skip(totalBytes);
            }

            block.Checksum("the node of a B-tree");
            for (long i = 0; i < node.Count; i++)
                yield return records.Part(recordBytes);
        }
    }

    // How wide the counts in pointers are follows from how many records can lie below them (H5B2__hdr_init).
    private static (long Most, int Count, int Total)[]? Widths(Hdf5File file, int nodeBytes, int recordBytes, int depth)
    {
        if (recordBytes == 0 || nodeBytes < NodePrefix + NodeSum + recordBytes || nodeBytes > MostNodeBytes || depth > MostLevels)
            return null;
        var widths = new (long Most, int Count, int Total)[depth + 1];
        long most = (nodeBytes - NodePrefix - NodeSum) / recordBytes;
        int count = Bytes((ulong)most);
        widths[0] = (most, count, 0);
        var below = (UInt128)most;
        for (int i = 1; i <= depth; i++)
        {
            int pointer = file.OffsetBytes + count + widths[i - 1].Total;
            most = (nodeBytes - NodePrefix - NodeSum - pointer) / (recordBytes + pointer);
            if (most <= 0)
                return null;
            below = (UInt128)(most + 1) * below + (UInt128)most;
            if (below > ulong.MaxValue)
                return null;
            widths[i] = (most, count, Bytes((ulong)below));
        }

        return widths;
    }

    private static int Bytes(ulong limit) => BitOperations.Log2(limit) / 8 + 1;
}
