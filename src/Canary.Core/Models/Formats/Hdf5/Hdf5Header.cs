namespace Canary.Models.Formats.Hdf5;

/// <summary>An object header of either version, with all of its continuations.</summary>
internal sealed class Hdf5Header
{
    /// <summary>Of one object. Old files keep all attributes and links of a group here.</summary>
    public const int MostMessages = 100_000;

    private const int OldPrefix = 16, OldMessagePrefix = 8, NewPrefix = 6, Sum = 4;

    private readonly Hdf5File _file;
    private readonly List<Hdf5Message> _messages = [];
    private readonly Queue<(long Address, long Length)> _continued = [];

    private Hdf5Header(Hdf5File file) => _file = file;

    /// <exception cref="MalformedModelException">It is broken.</exception>
    public static IReadOnlyList<Hdf5Message> Read(Hdf5File file, long address)
    {
        var header = new Hdf5Header(file);
        var start = file.Block(address, 5, "the object header");
        if (start.U8() == 1)
            header.Old(address);
        else
            header.New(address);
        return header._messages;
    }

    private void Old(long address)
    {
        var prefix = _file.Block(address, OldPrefix, "the object header");
        prefix.Skip(8);
        uint length = prefix.U32();
        _file.Extents.Structure(address, OldPrefix + (long)length);
        OldMessages(_file.Block(address + OldPrefix, length, "the object header"));
        foreach (var (at, size) in Continued())
            OldMessages(_file.Block(at, size, "the continuation of an object header"));
    }

    private void OldMessages(Hdf5Block block)
    {
        while (block.Left >= OldMessagePrefix)
        {
            int kind = block.U16(), size = block.U16(), flags = block.U8();
            block.Skip(3);
            Add(kind, flags, block.Part(size));
        }
    }

    private void New(long address)
    {
        var prefix = _file.Block(address, NewPrefix, "the object header");
        prefix.Signature("OHDR"u8, "the object header");
        prefix.Version(2, 2, "the object header");
        int flags = prefix.U8(), width = 1 << (flags & 3);
        int before = NewPrefix + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        long length = _file.Block(address + before, width, "the object header").Counted(width);
        if (length > Hdf5File.MostBlockBytes)
            throw _file.Fault(address + before, "the object header is longer than any");
        var block = _file.Block(address, before + width + length + Sum, "the object header");
        block.Skip(before + width);
        _file.Extents.Structure(address, before + width + length + Sum);
        bool ordered = (flags & 4) != 0;
        NewMessages(block, length, ordered);
        foreach (var (at, size) in Continued())
        {
            var more = _file.Block(at, size, "the continuation of an object header");
            more.Signature("OCHK"u8, "the continuation of an object header");
            NewMessages(more, size - 4 - Sum, ordered);
        }
    }

    private void NewMessages(Hdf5Block block, long length, bool ordered)
    {
        var part = block.Part(length);
        block.Checksum("the object header");
        int prefix = ordered ? 6 : 4;
        while (part.Left >= prefix)
        {
            int kind = part.U8(), size = part.U16(), flags = part.U8();
            part.Skip(prefix - 4);
            Add(kind, flags, part.Part(size));
        }
    }

    private void Add(int kind, int flags, Hdf5Block body)
    {
        if (kind == (int)Hdf5MessageKind.Continuation)
            _continued.Enqueue((body.Offset(), body.Length()));
        else if (kind != (int)Hdf5MessageKind.Nil)
            _messages.Add(new Hdf5Message((Hdf5MessageKind)kind, (flags & 2) != 0, body));
        if (_messages.Count > MostMessages)
            throw _file.Fault(body.Address, $"the object has more than {MostMessages} messages");
    }

    private IEnumerable<(long Address, long Length)> Continued()
    {
        var seen = new HashSet<long>();
        while (_continued.TryDequeue(out var next))
        {
            if (!seen.Add(next.Address))
                throw _file.Fault(Math.Max(0, next.Address), "the object header is continued twice at one place");
            _file.Extents.Structure(next.Address, next.Length);
            yield return next;
        }
    }
}
