using Canary.Events;
using Canary.Sensors.Etw.Decoders;

namespace Canary.Sensors.Etw;

/// <summary>All decoders over one state. Takes records in the order of their time; one thread.</summary>
internal sealed class EtwDecoders(EtwState state)
{
    private readonly IEtwDecoder?[] _byProvider = Indexed(
    [
        new KernelLoggerProcessDecoder(),
        new KernelProcessDecoder(),
        new KernelFileDecoder(),
        new KernelNetworkDecoder(),
        new KernelRegistryDecoder(),
        new KernelAuditApiDecoder(),
        new DnsClientDecoder(),
        new PowerShellDecoder(EtwProvider.PowerShell),
        new PowerShellDecoder(EtwProvider.PowerShellCore),
        new AmsiDecoder(),
        new DxgKernelDecoder(),
    ]);

    public EtwState State => state;

    /// <summary>Appends what the record means, and what earlier ones do now that time has passed. No event comes before the start of its actor.</summary>
    public EtwOutcome Decode(in EtwRecord record, List<SensorEvent> into)
    {
        int from = into.Count;
        state.Processes.Flush(record.Header.AtNs, into);
        int provider = (int)record.Header.Provider;
        var decoder = provider < _byProvider.Length ? _byProvider[provider] : null;
        var outcome = decoder?.Decode(record, state, into) ?? EtwOutcome.NotOurs;
        state.Processes.Hold(into, from);
        return outcome;
    }

    /// <summary>Appends what has waited long enough: lone halves of starts, scripts whose last part did not come. To be called in each turn of the pump.</summary>
    /// <param name="nowNs">Nanoseconds since boot, no later than the next record's.</param>
    public void Flush(long nowNs, List<SensorEvent> into)
    {
        int from = into.Count;
        state.Processes.Flush(nowNs, into);
        foreach (var decoder in _byProvider)
            (decoder as IFlushes)?.Flush(nowNs, state, into);
        state.Processes.Hold(into, from);
    }

    private static IEtwDecoder?[] Indexed(IEtwDecoder[] decoders)
    {
        var byProvider = new IEtwDecoder?[decoders.Max(d => (int)d.Provider) + 1];
        foreach (var decoder in decoders)
            byProvider[(int)decoder.Provider] = decoder;
        return byProvider;
    }
}

/// <summary>A decoder that keeps something back for a while.</summary>
internal interface IFlushes
{
    void Flush(long nowNs, EtwState state, List<SensorEvent> into);
}
