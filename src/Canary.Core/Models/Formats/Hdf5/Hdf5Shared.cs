namespace Canary.Models.Formats.Hdf5;

/// <summary>Finds messages that stand elsewhere: in a committed datatype, or in the file's table of shared messages.</summary>
internal sealed class Hdf5Shared(Hdf5File file)
{
    private const int Shelved = 1, Committed = 2, HeapIdBytes = 8, MostIndexes = 8;

    private readonly List<(uint Kinds, long Heap)> _indexes = [];
    private readonly Dictionary<long, FractalHeap> _heaps = [];

    /// <summary>Reads the message of the superblock that says where the table is.</summary>
    public void Table(Hdf5Block message)
    {
        if (_indexes.Count > 0)
            throw file.Fault(message.Address, "the file has two tables of shared messages");
        message.Version(0, 0, "the table of shared messages");
        long address = message.Offset();
        int count = message.U8();
        if (count > MostIndexes)
            throw file.Fault(message.Address, $"the table of shared messages has {count} indexes");
        long length = 4 + count * (14L + 2 * file.OffsetBytes) + 4;
        var block = file.Block(address, length, "the table of shared messages");
        block.Signature("SMTB"u8, "the table of shared messages");
        for (int i = 0; i < count; i++)
        {
            block.Skip(2);
            uint kinds = block.U16();
            block.Skip(10 + file.OffsetBytes);
            _indexes.Add((kinds, block.Offset()));
        }

        block.Checksum("the table of shared messages");
        file.Extents.Structure(address, length);
    }

    /// <summary>The body of a message, wherever it stands.</summary>
    /// <exception cref="MalformedModelException">It does not stand where it is said to.</exception>
    public Hdf5Block Body(Hdf5Message message) => message.Shared ? Find(message.Kind, message.Body) : message.Body;

    /// <summary>The body of a message of that kind, which another part says to be elsewhere.</summary>
    public Hdf5Block Find(Hdf5MessageKind kind, Hdf5Block where)
    {
        long at = where.Address;
        int version = where.Version(1, 3, "a shared message"), type = where.U8();
        if (version == 1)
            where.Skip(6 + file.LengthBytes);
        if (version == 3 && type == Shelved)
            return InHeap(kind, where.Part(HeapIdBytes));
        if (version == 3 && type != Committed)
            throw file.Fault(at, $"a message is shared in a way that is not known ({type})");
        foreach (var message in Hdf5Header.Read(file, where.Offset()))
        {
            // A shared one that is shared again would be a chain, which libhdf5 does not follow either.
            if (message.Kind == kind && !message.Shared)
                return message.Body;
        }

        throw file.Fault(at, "a shared message is not where it is said to be");
    }

    /// <summary>The message of that kind with an identifier in the file's heap.</summary>
    public Hdf5Block InHeap(Hdf5MessageKind kind, Hdf5Block id)
    {
        foreach (var (kinds, heap) in _indexes)
        {
            if ((kinds >> (int)kind & 1) == 0)
                continue;
            if (!_heaps.TryGetValue(heap, out var known))
                _heaps[heap] = known = new FractalHeap(file, heap);
            return known.Object(id);
        }

        throw file.Fault(id.Address, "a message is shared, and the file has no table of such messages");
    }
}
