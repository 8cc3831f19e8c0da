namespace Canary.Models.Formats.Hdf5;

/// <summary>Where values of no fixed length lie: collections of objects that are numbered. A collection is listed once, and never held.</summary>
internal sealed class GlobalHeap(Hdf5File file)
{
    /// <summary>Objects that are remembered, of all collections.</summary>
    public const int MostObjects = 200_000;

    // Also where sizes have fewer than 8 bytes: libhdf5 fills up.
    private const int Prefix = 16;

    private readonly Dictionary<(long Collection, uint Index), (long Address, long Length)> _objects = [];
    private readonly HashSet<long> _listed = [];

    /// <summary>Where an object lies.</summary>
    /// <exception cref="MalformedModelException">There is none.</exception>
    public (long Address, long Length) Find(long collection, uint index)
    {
        if (_listed.Add(collection))
            List(collection);
        return _objects.TryGetValue((collection, index), out var found) ? found
            : throw file.Fault(Math.Max(0, collection), $"the collection has no object {index}");
    }

    private void List(long collection)
    {
        var header = file.Block(collection, Prefix, "the collection of values");
        header.Signature("GCOL"u8, "the collection of values");
        header.Version(1, 1, "the collection of values");
        header.Skip(3);
        long length = header.Length();
        if (length < Prefix || length > file.Length - collection)
            throw file.Fault(collection, "the collection of values reaches past the end of the file");
        file.Extents.Structure(collection, length);
        long end = collection + length;
        for (long at = collection + Prefix; end - at >= Prefix;)
        {
            var entry = file.Block(at, Prefix, "a value");
            uint index = entry.U16();
            entry.Skip(6);
            long size = entry.Length();
            // Index 0 is what is free; it counts its own header.
            long taken = index == 0 ? size : Prefix + (size > end ? size : (size + 7) / 8 * 8);
            if (taken < Prefix || taken > end - at)
                throw file.Fault(at, "a value is longer than its collection");
            if (_objects.Count >= MostObjects)
                throw new MalformedModelException("hdf5-too-many", ModelVerdict.Unknown, file.At(at), $"more than {MostObjects} values were not read");
            if (index != 0)
                _objects[(collection, index)] = (at + Prefix, size);
            at += taken;
        }
    }
}
