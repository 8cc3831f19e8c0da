using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Microsoft-Windows-Kernel-File. Layouts: jdu2600/Windows10EtwEvents, manifest/Microsoft-Windows-Kernel-File.tsv.
/// <code>
/// 10, 11          ptr FileKey, wide FileName
/// 12, 30 V0       ptr Irp, ptr ThreadId, ptr FileObject, u32 CreateOptions, CreateAttributes, ShareAccess, wide FileName
/// 12, 30 V1       ptr Irp, ptr FileObject, u32 IssuingThreadId, CreateOptions, CreateAttributes, ShareAccess, wide FileName
/// 14 V0           ptr Irp, ptr ThreadId, ptr FileObject, ptr FileKey
/// 14 V1           ptr Irp, ptr FileObject, ptr FileKey, u32 IssuingThreadId
/// 26, 27, 28 V0   ptr Irp, ptr ThreadId, ptr FileObject, ptr FileKey, ptr ExtraInformation, u32 InfoClass, wide FilePath
/// 26, 27, 28 V1   ptr Irp, ptr FileObject, ptr FileKey, ptr ExtraInformation, u32 IssuingThreadId, InfoClass, wide FilePath
/// </code>
/// </summary>
internal sealed class KernelFileDecoder : IEtwDecoder
{
    private const ushort NameCreate = 10, NameDelete = 11, Create = 12, Cleanup = 13, Close = 14;
    private const ushort DeletePath = 26, RenamePath = 27, SetLinkPath = 28, CreateNewFile = 30;
    private const byte NewestName = 0, Newest = 1;

    // FILE_INFORMATION_CLASS; ExtraInformation is then the disposition, of which 0 (or bit 0 unset) takes a deletion back.
    private const uint Disposition = 13, DispositionEx = 64;

    // CreateOptions: the create disposition is its highest byte (MS-SMB2 §2.2.13), the rest are the options.
    private const uint DirectoryFile = 1, DeleteOnClose = 0x1000, Supersede = 0, Open = 1, OpenIf = 3, Overwrite = 4, OverwriteIf = 5;

    public EtwProvider Provider => EtwProvider.KernelFile;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into) => record.Header.Id switch
    {
        NameCreate or NameDelete => Named(record, state),
        Create or CreateNewFile => Opened(record, state, into),
        Close => Closed(record, state),
        Cleanup => EtwOutcome.Taken,
        DeletePath or RenamePath or SetLinkPath => Changed(record, state, into),
        _ => EtwOutcome.NotOurs,
    };

    private static EtwOutcome Named(in EtwRecord record, EtwState state)
    {
        var reader = new PayloadReader(record);
        ulong key = reader.Pointer();
        if (record.Header.Id == NameDelete)
        {
            if (!reader.Failed)
                state.Files.Unnamed(key);
        }
        else
        {
            var name = reader.Characters();
            if (!reader.Failed && !name.IsEmpty)
                state.Files.Named(key, state.Paths.Dos(name));
        }

        return reader.Outcome(record.Header.Version, NewestName);
    }

    private static EtwOutcome Opened(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        reader.SkipPointers(header.Version == 0 ? 2 : 1);
        ulong file = reader.Pointer();
        if (header.Version >= 1)
            reader.U32();
        uint options = reader.U32();
        reader.Skip(8);
        var name = reader.Characters();
        if (reader.Failed)
            return reader.Outcome(header.Version, Newest);
        string path = state.Paths.Dos(name);
        if (name.IsEmpty)
            state.Files.Closed(file);
        else
            state.Files.Opened(file, path);
        var actor = state.Actor(header);
        if (header.Id == CreateNewFile)
        {
            Tell(new FileActed(header.AtNs, actor, FileAct.Create, path) { Unresolved = name.IsEmpty }, state, into);
            return EtwOutcome.Taken;
        }

        // Without OperationEnd nobody says whether it succeeded: an open is an attempt.
        if (name.IsEmpty || (options & DirectoryFile) != 0)
            return EtwOutcome.Taken;
        uint disposition = options >> 24;
        bool writes = disposition is Supersede or Overwrite or OverwriteIf;
        if (disposition is Open or OpenIf)
            state.Models.Opened(header.AtNs, actor, path, into);
        if (state.Interest.Wants(path, actor))
        {
            var act = (options & DeleteOnClose) != 0 ? FileAct.Delete : writes ? FileAct.Write : FileAct.Open;
            into.Add(new FileActed(header.AtNs, actor, act, path));
        }

        return EtwOutcome.Taken;
    }

    private static EtwOutcome Closed(in EtwRecord record, EtwState state)
    {
        var reader = new PayloadReader(record);
        reader.SkipPointers(record.Header.Version == 0 ? 2 : 1);
        ulong file = reader.Pointer();
        if (!reader.Failed)
            state.Files.Closed(file);
        return reader.Outcome(record.Header.Version, Newest);
    }

    private static EtwOutcome Changed(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        reader.SkipPointers(header.Version == 0 ? 2 : 1);
        ulong file = reader.Pointer(), key = reader.Pointer(), extra = reader.Pointer();
        if (header.Version >= 1)
            reader.U32();
        uint kind = reader.U32();
        var name = reader.Characters();
        if (reader.Failed)
            return reader.Outcome(header.Version, Newest);
        var actor = state.Actor(header);
        string? before = state.Files.Of(file, key);
        string? named = name.IsEmpty ? null : state.Paths.Dos(name);
        if (header.Id == DeletePath)
        {
            bool takenBack = kind == Disposition ? (extra & 0xff) == 0 : kind == DispositionEx && (extra & 1) == 0;
            if (!takenBack)
                Tell(Acted(header, actor, FileAct.Delete, named ?? before, null), state, into);
            return EtwOutcome.Taken;
        }

        // The path of the event is the new name; the old one is what the handle was opened by.
        Tell(Acted(header, actor, header.Id == RenamePath ? FileAct.Rename : FileAct.Link, before, named), state, into);
        if (header.Id == RenamePath && named is not null)
            state.Files.Renamed(file, key, named);
        return EtwOutcome.Taken;
    }

    private static FileActed Acted(in EtwHeader header, ProcessKey actor, FileAct act, string? path, string? target) =>
        new(header.AtNs, actor, act, path ?? "", target) { Unresolved = path is null };

    private static void Tell(FileActed acted, EtwState state, List<SensorEvent> into)
    {
        if (acted.Unresolved)
            state.Counts.UnresolvedFiles++;
        into.Add(acted);
    }
}
