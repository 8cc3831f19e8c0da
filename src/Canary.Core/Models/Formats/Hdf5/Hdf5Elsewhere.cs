using Canary.Models.Containers;
using Canary.Text;

namespace Canary.Models.Formats.Hdf5;

/// <summary>What makes a reader open another file: whichever the reading program may read, and it takes what is there for the model's own.</summary>
internal static class Hdf5Elsewhere
{
    private const int Hyperslab = 2;

    /// <param name="code">What the finding is called.</param>
    /// <param name="what">The beginning of the sentence.</param>
    public static void Report(Hdf5File file, string code, ReadOnlySpan<byte> path, long at, string what)
    {
        string name = MemberNames.Decode(path);
        file.Facts.ExternalFile(name);
        bool leaves = MemberNames.Escapes(name) || name.Contains("://", StringComparison.Ordinal);
        file.Report(code, leaves ? ModelVerdict.Deny : ModelVerdict.Unknown, at,
            $"{what} another file{(leaves ? " outside of the model's folder" : "")}: {Printable.Line(name, 200)}");
    }

    /// <summary>The list of files that hold a dataset's numbers.</summary>
    public static void Storage(Hdf5File file, Hdf5Block list)
    {
        long at = list.Address;
        list.Version(1, 1, "the list of external files");
        list.Skip(5);
        int used = list.U16();
        var names = new LocalHeap(file, list.Offset());
        for (int i = 0; i < used; i++)
        {
            Report(file, "hdf5-external-storage", names.Name(list.Length()), at, "the numbers of a dataset are read from");
            list.Skip(2 * file.LengthBytes);
        }

        if (used == 0)
            file.Report("hdf5-external-storage", ModelVerdict.Unknown, at, "the numbers of a dataset are said to be in other files, and none is named");
    }

    /// <summary>The sources of a virtual dataset. Those after a selection whose length is not said are not told.</summary>
    public static void Virtual(Hdf5File file, GlobalHeap heap, Hdf5Layout layout, long at)
    {
        file.Report("hdf5-virtual", ModelVerdict.Unknown, at, "a dataset is put together from others when it is read");
        if (layout.Address == Hdf5File.Undefined)
            return;
        var (address, length) = heap.Find(layout.Address, layout.Index);
        var block = file.Block(address, length, "the list of sources");
        block.Version(0, 0, "the list of sources");
        long entries = block.Length();
        for (long i = 0; i < entries; i++)
        {
            long place = block.Address;
            var name = block.Terminated();
            if (!name.SequenceEqual("."u8))
                Report(file, "hdf5-virtual", name, place, "a dataset is put together from");
            block.Terminated();
            if (!SkipSelection(block) || !SkipSelection(block))
                return;
        }
    }

    private static bool SkipSelection(Hdf5Block block)
    {
        uint type = block.U32(), version = block.U32();
        if (type == Hyperslab && version != 1)
        {
            if (version != 2)
                return false;
            block.Skip(1);
        }
        else
        {
            if (version != 1)
                return false;
            block.Skip(4);
        }

        block.Skip(block.U32());
        return true;
    }
}
