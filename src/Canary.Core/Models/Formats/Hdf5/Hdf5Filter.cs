using System.Text;
using Canary.Text;

namespace Canary.Models.Formats.Hdf5;

/// <summary>One step that packs chunks.</summary>
/// <param name="First">The first number that it is given; of shuffle the size of elements.</param>
internal readonly record struct Hdf5Filter(int Id, string Name, uint First)
{
    /// <summary>What comes with libhdf5: deflate, shuffle, fletcher32, szip, nbit and scale-offset.</summary>
    public const int Deflate = 1, Shuffle = 2, Fletcher = 3, Scaled = 6;

    private const int MostFilters = 32, FirstNamed = 256;

    /// <summary>The steps in the order of packing. Those that make a reader load a library are reported.</summary>
    /// <exception cref="MalformedModelException">The message is broken.</exception>
    public static IReadOnlyList<Hdf5Filter> Read(Hdf5File file, Hdf5Block block)
    {
        int version = block.Version(1, 2, "the filters"), count = block.U8();
        if (count > MostFilters)
            throw file.Fault(block.Address, $"there are {count} filters, and {MostFilters} are allowed");
        if (version == 1)
            block.Skip(6);
        var filters = new List<Hdf5Filter>();
        for (int i = 0; i < count; i++)
        {
            long at = block.Address;
            int id = block.U16(), nameBytes = version == 1 || id >= FirstNamed ? block.U16() : 0;
            block.Skip(2);
            int values = block.U16();
            string name = Encoding.Latin1.GetString(block.Take(nameBytes)).TrimEnd('\0');
            if (version == 1)
                block.Skip(-nameBytes & 7);
            uint first = values > 0 ? block.U32() : 0;
            block.Skip(4L * Math.Max(0, values - 1) + (version == 1 && values % 2 == 1 ? Math.Min(4, block.Left) : 0));
            filters.Add(new Hdf5Filter(id, name, first));
            if (id is 0 or > Scaled)
                file.Report("hdf5-filter", ModelVerdict.Unknown, at,
                    $"to read the numbers, a library is loaded for the filter {id}{(name.Length > 0 ? $" ({Printable.Line(name, 80)})" : "")}");
        }

        return filters;
    }
}
