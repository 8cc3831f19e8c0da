using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Microsoft-Windows-Kernel-Registry. Layouts: jdu2600/Windows10EtwEvents, manifest/Microsoft-Windows-Kernel-Registry.tsv.
/// <code>
/// 1 CreateKey, 2 OpenKey  ptr BaseObject, ptr KeyObject, u32 Status, Disposition, wide BaseName, wide RelativeName
/// 3 DeleteKey, 13 CloseKey  ptr KeyObject, u32 Status, wide KeyName
/// 5 SetValueKey  ptr KeyObject, u32 Status, Type, DataSize, wide KeyName, wide ValueName, u16 CapturedDataSize, bytes, … (not read)
/// 6 DeleteValueKey  ptr KeyObject, u32 Status, wide KeyName, wide ValueName
/// </code>
/// Handles opened before the sensor came have no name: there is no list of them (15 is SetSecurityKey).
/// </summary>
internal sealed class KernelRegistryDecoder : IEtwDecoder
{
    private const ushort CreateKey = 1, OpenKey = 2, DeleteKey = 3, SetValue = 5, DeleteValue = 6, CloseKey = 13;
    private const byte Newest = 0;
    private const uint CreatedNew = 1;

    public EtwProvider Provider => EtwProvider.KernelRegistry;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into) => record.Header.Id switch
    {
        CreateKey or OpenKey => Opened(record, state, into),
        DeleteKey or CloseKey => OfKey(record, state, into),
        SetValue => Set(record, state, into),
        DeleteValue => Deleted(record, state, into),
        _ => EtwOutcome.NotOurs,
    };

    private static EtwOutcome Opened(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        ulong under = reader.Pointer(), handle = reader.Pointer();
        bool done = IsDone(reader.U32());
        uint disposition = reader.U32();
        var baseName = reader.Characters();
        var relativeName = reader.Characters();
        if (reader.Failed || !done)
            return reader.Outcome(header.Version, Newest);
        var key = state.Keys.Opened(under, handle, baseName, relativeName);
        if (header.Id == CreateKey && disposition == CreatedNew)
            Tell(header, RegistryAct.CreateKey, key, null, null, state, into);
        return EtwOutcome.Taken;
    }

    private static EtwOutcome OfKey(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        ulong handle = reader.Pointer();
        bool done = IsDone(reader.U32());
        var name = reader.Characters();
        if (reader.Failed)
            return reader.Outcome(header.Version, Newest);
        if (header.Id == CloseKey)
            state.Keys.Closed(handle);
        else if (done)
            Tell(header, RegistryAct.DeleteKey, state.Keys.Of(handle, name), null, null, state, into);
        return EtwOutcome.Taken;
    }

    private static EtwOutcome Set(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        ulong handle = reader.Pointer();
        bool done = IsDone(reader.U32());
        uint type = reader.U32(), size = reader.U32();
        var name = reader.Characters();
        string value = reader.Text();
        var captured = reader.Bytes(reader.U16());
        if (reader.Failed || !done)
            return reader.Outcome(header.Version, Newest);
        Tell(header, RegistryAct.SetValue, state.Keys.Of(handle, name), value, RegistryDetails.Of(type, size, captured), state, into);
        return EtwOutcome.Taken;
    }

    private static EtwOutcome Deleted(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        ulong handle = reader.Pointer();
        bool done = IsDone(reader.U32());
        var name = reader.Characters();
        string value = reader.Text();
        if (!reader.Failed && done)
            Tell(header, RegistryAct.DeleteValue, state.Keys.Of(handle, name), value, null, state, into);
        return reader.Outcome(header.Version, Newest);
    }

    private static void Tell(
        in EtwHeader header, RegistryAct act, EtwRegistryKeys.Key key, string? value, string? details, EtwState state, List<SensorEvent> into)
    {
        if (!key.Whole)
            state.Counts.UnresolvedKeys++;
        into.Add(new RegistryActed(header.AtNs, state.Actor(header), act, key.Path, value, details, key.Whole));
    }

    private static bool IsDone(uint status) => (int)status >= 0;
}
