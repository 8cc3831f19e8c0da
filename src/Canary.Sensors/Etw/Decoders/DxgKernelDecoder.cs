using System.Globalization;
using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Microsoft-Windows-DxgKrnl: which process uses a graphics device. Layouts: jdu2600/Windows10EtwEvents, manifest/Microsoft-Windows-DxgKrnl.tsv.
/// <code>
/// 24 AdapterStart, 26 AdapterDCStart  ptr pDeviceObject, ptr pDxgAdapter, … u32 AdapterType at the 28th place, …
/// 27 DeviceStart V1                   ptr hProcessId, ptr pDxgAdapter, u32 ClientType, ptr hDevice, …
/// </code>
/// Assumed: a device is made on a thread of the process that will use it (hProcessId is no pid), and bit 2 of AdapterType is
/// SoftwareDevice, as in D3DKMT_ADAPTERTYPE. No event has an adapter's name: adapters are numbered as they appear.
/// </summary>
internal sealed class DxgKernelDecoder : IEtwDecoder
{
    private const ushort AdapterStart = 24, AdapterRunning = 26, DeviceStart = 27;
    private const byte NewestAdapter = 0, NewestDevice = 1;
    private const uint SoftwareDevice = 4;
    private const int MostAdapters = 64;

    // The name; null for one that is made of software.
    private readonly Dictionary<ulong, string?> _adapters = [];

    public EtwProvider Provider => EtwProvider.DxgKernel;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into) => record.Header.Id switch
    {
        AdapterStart or AdapterRunning => Adapter(record),
        DeviceStart => Device(record, state, into),
        _ => EtwOutcome.NotOurs,
    };

    private EtwOutcome Adapter(in EtwRecord record)
    {
        var reader = new PayloadReader(record);
        reader.SkipPointers(1);
        ulong adapter = reader.Pointer();
        // u32, u64, u32, u64, nine u32, four u8, seven u32.
        reader.Skip(4 + 8 + 4 + 8 + 9 * 4 + 4 + 7 * 4);
        uint type = reader.U32();
        if (reader.Failed)
            return reader.Outcome(record.Header.Version, NewestAdapter);
        _adapters.Remove(adapter);
        _ = (type & SoftwareDevice) != 0 ? _adapters[adapter] = null : Name(adapter);
        return EtwOutcome.Taken;
    }

    private EtwOutcome Device(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        reader.SkipPointers(1);
        ulong adapter = reader.Pointer();
        if (reader.Failed)
            return reader.Outcome(header.Version, NewestDevice);
        if (Name(adapter) is { } name)
            state.Models.UsedDevice(header.AtNs, state.Actor(header), name, into);
        return EtwOutcome.Taken;
    }

    private string? Name(ulong adapter)
    {
        if (_adapters.TryGetValue(adapter, out string? name))
            return name;
        if (_adapters.Count >= MostAdapters)
            _adapters.Clear();
        return _adapters[adapter] = string.Create(CultureInfo.InvariantCulture, $"graphics adapter {_adapters.Count + 1}");
    }
}
