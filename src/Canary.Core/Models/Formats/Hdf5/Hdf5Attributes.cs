using Canary.Models.Containers;

namespace Canary.Models.Formats.Hdf5;

/// <summary>The attributes of an object: Keras keeps the configuration of a model in one.</summary>
internal sealed class Hdf5Attributes(Hdf5File file, Hdf5Shared shared, Hdf5Texts texts)
{
    // Types of records: attributes by name and by age.
    private const int ByName = 8, ByAge = 9, SharedFlag = 2;

    private readonly HashSet<(long, long)> _read = [];

    /// <summary>Attributes that lie in a heap, since they are many or large.</summary>
    public void Dense(Hdf5Block info)
    {
        info.Version(0, 0, "the attributes of an object");
        int flags = info.U8();
        if ((flags & 1) != 0)
            info.Skip(2);
        long heap = info.Offset(), byName = info.Offset(), byAge = (flags & 2) != 0 ? info.Offset() : Hdf5File.Undefined;
        if (heap == Hdf5File.Undefined)
            return;
        var values = new FractalHeap(file, heap);
        foreach (long index in (long[])[byName, byAge])
        {
            if (index == Hdf5File.Undefined || !_read.Add((index, heap)))
                continue;
            foreach (var record in BTree2.Records(file, index, ByName, ByAge))
            {
                var id = record.Part(8);
                bool elsewhere = (record.U8() & SharedFlag) != 0;
                Message(elsewhere ? shared.InHeap(Hdf5MessageKind.Attribute, id) : values.Object(id));
            }
        }
    }

    public void Message(Hdf5Block attribute)
    {
        int version = attribute.Version(1, 3, "the attribute"), flags = attribute.U8();
        int nameBytes = attribute.U16(), typeBytes = attribute.U16(), spaceBytes = attribute.U16();
        if (version == 3)
            attribute.Skip(1);
        long at = attribute.Address;
        string name = MemberNames.Decode(attribute.Take(nameBytes)).TrimEnd('\0');
        Pad(nameBytes);
        var typePart = attribute.Part(typeBytes);
        Pad(typeBytes);
        var spacePart = attribute.Part(spaceBytes);
        Pad(spaceBytes);
        bool sharedType = version > 1 && (flags & 1) != 0, sharedSpace = version > 1 && (flags & 2) != 0;
        var type = Hdf5Type.Read(file, sharedType ? shared.Find(Hdf5MessageKind.Datatype, typePart) : typePart);
        var space = Hdf5Space.Read(file, sharedSpace ? shared.Find(Hdf5MessageKind.Dataspace, spacePart) : spacePart);
        long size = file.Times(space.Elements, type.Size, at);
        if (size > attribute.Left)
            throw file.Fault(at, "an attribute has fewer bytes than its type and shape take");
        if (type.IsText && size > 0)
            texts.Attribute(name, texts.Pieces(type, file.Slice(name, attribute.Address, size), attribute.Address));

        void Pad(int taken)
        {
            if (version == 1)
                attribute.Skip(Math.Min(-taken & 7, attribute.Left));
        }
    }
}
