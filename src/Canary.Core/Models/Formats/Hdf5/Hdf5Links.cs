using Canary.Models.Containers;
using Canary.Text;

namespace Canary.Models.Formats.Hdf5;

/// <summary>The links of groups, old and new. Hard ones lead on; soft ones stay in the file; the others are said.</summary>
/// <param name="found">Takes what a hard link leads to: its address and its path.</param>
internal sealed class Hdf5Links(Hdf5File file, Action<long, string> found)
{
    private const int MostPath = 200, CachedGroup = 1, CachedLink = 2, Hard = 0, Soft = 1, External = 64;

    // Types of records: links by name and by age.
    private const int ByName = 5, ByAge = 6;

    private readonly HashSet<(long, long)> _read = [];

    /// <summary>A group of the old kind: a tree of tables of entries, and a heap of their names.</summary>
    public void Old(long tree, long heap, string path)
    {
        if (tree == Hdf5File.Undefined || !_read.Add((tree, heap)))
            return;
        var names = new LocalHeap(file, heap);
        foreach (var (_, table) in BTree1.Leaves(file, tree, BTree1.Groups, file.LengthBytes))
            Table(table, names, path);
    }

    /// <summary>A group of the new kind whose links lie in a heap; those that stand in its header are messages.</summary>
    public void New(Hdf5Block info, string path)
    {
        info.Version(0, 0, "the links of a group");
        int flags = info.U8();
        if ((flags & 1) != 0)
            info.Skip(8);
        long heap = info.Offset(), byName = info.Offset(), byAge = (flags & 2) != 0 ? info.Offset() : Hdf5File.Undefined;
        if (heap == Hdf5File.Undefined)
            return;
        var links = new FractalHeap(file, heap);
        // Readers go over either index: what stands in one of them is read.
        foreach (long index in (long[])[byName, byAge])
        {
            if (index == Hdf5File.Undefined || !_read.Add((index, heap)))
                continue;
            foreach (var record in BTree2.Records(file, index, ByName, ByAge))
            {
                record.Skip(record.Left < 15 ? 4 : 8);
                Message(links.Object(record), path);
            }
        }
    }

    public void Message(Hdf5Block link, string path)
    {
        long at = link.Address;
        link.Version(1, 1, "the link");
        int flags = link.U8(), type = (flags & 8) != 0 ? link.U8() : Hard;
        link.Skip(((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0));
        string name = Below(path, link.Take(link.Counted(1 << (flags & 3))));
        if (type == Hard)
            Follow(link.Offset(), name, at);
        else if (type == External)
            Outside(link.Part(link.U16()), at);
        else if (type != Soft)
            file.Report("hdf5-user-link", ModelVerdict.Unknown, at, $"the link {Printable.Line(name, MostPath)} is of a kind that a program must define ({type})");
    }

    private void Table(long address, LocalHeap names, string path)
    {
        var prefix = file.Block(address, 8, "the entries of a group");
        prefix.Signature("SNOD"u8, "the entries of a group");
        prefix.Version(1, 1, "the entries of a group");
        prefix.Skip(1);
        int count = prefix.U16(), size = 2 * file.OffsetBytes + 24;
        var entries = file.Block(address + 8, (long)count * size, "the entries of a group");
        file.Extents.Structure(address, 8 + (long)count * size);
        for (int i = 0; i < count; i++)
        {
            long at = entries.Address;
            string name = Below(path, names.Name(entries.Counted(file.OffsetBytes)));
            long header = entries.Offset();
            uint cached = entries.U32();
            entries.Skip(4);
            var scratch = entries.Part(16);
            if (cached == CachedLink)
                continue;
            if (cached > CachedLink)
                throw file.Fault(at, $"an entry of a group is of a kind that is not known ({cached})");
            Follow(header, name, at);
            // The group's own message says the same; where it does not, libhdf5 may believe either.
            if (cached == CachedGroup)
                Old(scratch.Offset(), scratch.Offset(), name);
        }
    }

    private void Outside(Hdf5Block value, long at)
    {
        value.Skip(1);
        Hdf5Elsewhere.Report(file, "hdf5-external-link", value.Terminated(), at, "a link leads into");
    }

    private void Follow(long address, string name, long at)
    {
        if (address == Hdf5File.Undefined)
            throw file.Fault(at, "a link leads nowhere");
        found(address, name);
    }

    private static string Below(string path, ReadOnlySpan<byte> name)
    {
        string whole = $"{path}/{MemberNames.Decode(name)}";
        return whole.Length <= MostPath ? whole : "…" + whole[^MostPath..];
    }
}
