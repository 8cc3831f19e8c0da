namespace Canary.Models.Formats.Hdf5;

/// <summary>Goes from the root over everything that a reader can reach. What is reached nowhere is read by nobody.</summary>
internal sealed class Hdf5Objects
{
    /// <summary>Groups, datasets and types. Files of weights have some thousand.</summary>
    public const int MostObjects = 50_000;

    private readonly Hdf5File _file;
    private readonly Hdf5Shared _shared;
    private readonly Hdf5Links _links;
    private readonly Hdf5Texts _texts;
    private readonly Hdf5Attributes _attributes;
    private readonly Hdf5Dataset _datasets;
    private readonly Queue<(long Address, string Path)> _open = [];
    private readonly HashSet<long> _seen = [];

    private Hdf5Objects(Hdf5File file)
    {
        _file = file;
        var heap = new GlobalHeap(file);
        _shared = new Hdf5Shared(file);
        _links = new Hdf5Links(file, Found);
        _texts = new Hdf5Texts(file, heap);
        _attributes = new Hdf5Attributes(file, _shared, _texts);
        _datasets = new Hdf5Dataset(file, heap, _texts);
    }

    /// <summary>Reports what it finds, also of what is broken: one broken object does not hide the others.</summary>
    public static void Read(Hdf5File file, Hdf5Superblock superblock)
    {
        var objects = new Hdf5Objects(file);
        objects.Try(() => objects.Extension(superblock.Extension));
        objects.Found(superblock.Root, "");
        if (superblock.Group is var (tree, heap))
            objects.Try(() => objects._links.Old(tree, heap, ""));
        while (!file.GivenUp && objects._open.TryDequeue(out var next))
        {
            file.Inspection.Cancel.ThrowIfCancellationRequested();
            objects.Try(() => objects.Object(next.Address, next.Path));
            objects.Try(objects._texts.EndObject);
        }

        file.Extents.Report(file);
    }

    private void Found(long address, string path)
    {
        if (_seen.Count < MostObjects && _seen.Add(address))
            _open.Enqueue((address, path));
        else if (_seen.Count == MostObjects && !_seen.Contains(address))
            _file.Unread("hdf5-too-many", Math.Max(0, address), $"the file has more than {MostObjects} objects; the others were not read");
    }

    private void Try(Action read)
    {
        if (_file.GivenUp)
            return;
        try
        {
            read();
        }
        catch (MalformedModelException fault)
        {
            _file.Unread(fault);
        }
    }

    private void Extension(long address)
    {
        if (address == Hdf5File.Undefined)
            return;
        foreach (var message in Hdf5Header.Read(_file, address))
        {
            if (message.Kind == Hdf5MessageKind.SharedTable)
                _shared.Table(message.Body);
            else if (message.Kind == Hdf5MessageKind.Driver)
                _file.Unread("hdf5-driver", message.Body.Address, "the file is one of several, and has its data read by a driver of its own");
            else if (message.Kind == Hdf5MessageKind.CacheImage && Image(message.Body))
                _file.Unread("hdf5-cache-image", message.Body.Address, "the file brings a copy of its own structure, which some readers take instead");
        }
    }

    private static bool Image(Hdf5Block message)
    {
        message.Version(0, 0, "the image of the cache");
        return message.Offset() != Hdf5File.Undefined;
    }

    private void Object(long address, string path)
    {
        Hdf5Message? layout = null, type = null, space = null;
        IReadOnlyList<Hdf5Filter> filters = [];
        bool external = false;
        foreach (var message in Hdf5Header.Read(_file, address))
        {
            switch (message.Kind)
            {
                case Hdf5MessageKind.Layout:
                    layout = message;
                    break;
                case Hdf5MessageKind.Datatype:
                    type = message;
                    break;
                case Hdf5MessageKind.Dataspace:
                    space = message;
                    break;
                case Hdf5MessageKind.Filters:
                    Try(() => filters = Hdf5Filter.Read(_file, _shared.Body(message)));
                    break;
                case Hdf5MessageKind.ExternalFiles:
                    external = true;
                    Try(() => Hdf5Elsewhere.Storage(_file, message.Body));
                    break;
                default:
                    Try(() => Other(message, path));
                    break;
            }
        }

        if (layout is { } numbers)
        {
            if (type is null || space is null)
                throw _file.Fault(address, "a dataset has no type or no shape");
            _datasets.Read(path, Hdf5Layout.Read(_file, numbers.Body), Hdf5Type.Read(_file, _shared.Body(type.Value)),
                Hdf5Space.Read(_file, _shared.Body(space.Value)), filters, external, address);
        }
        else if (type is { } committed)
        {
            Hdf5Type.Read(_file, _shared.Body(committed));
        }
    }

    private void Other(Hdf5Message message, string path)
    {
        switch (message.Kind)
        {
            case Hdf5MessageKind.SymbolTable:
                _links.Old(message.Body.Offset(), message.Body.Offset(), path);
                break;
            case Hdf5MessageKind.LinkInfo:
                _links.New(message.Body, path);
                break;
            case Hdf5MessageKind.Link:
                _links.Message(message.Body, path);
                break;
            case Hdf5MessageKind.Attribute:
                _attributes.Message(_shared.Body(message));
                break;
            case Hdf5MessageKind.AttributeInfo:
                _attributes.Dense(message.Body);
                break;
            case Hdf5MessageKind.FillValue:
                Fill(_shared.Body(message));
                break;
            case Hdf5MessageKind.OldFillValue:
                var old = _shared.Body(message);
                old.Skip(old.U32());
                break;
            case Hdf5MessageKind.GroupInfo or Hdf5MessageKind.Comment or Hdf5MessageKind.OldModified or Hdf5MessageKind.Modified
                or Hdf5MessageKind.References:
                break;
            default:
                _file.Report("hdf5-message", ModelVerdict.Unknown, message.Body.Address, $"a message of the kind {(int)message.Kind} is not known, or does not belong here");
                break;
        }
    }

    private static void Fill(Hdf5Block value)
    {
        int version = value.Version(1, 3, "the fill value"), flags = version == 3 ? value.U8() : 0;
        if (version < 3)
            value.Skip(2);
        if (version == 3 ? (flags & 0x20) != 0 : value.U8() != 0 || version == 1)
            value.Skip(value.U32());
    }
}
