using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Event 4104 of Microsoft-Windows-PowerShell and of PowerShellCore: the text of a script block before it runs.
/// Layout: jdu2600/Windows10EtwEvents, manifest/Microsoft-Windows-PowerShell.tsv; PowerShellCore's is held to be the same.
/// <code>4104  i32 MessageNumber, i32 MessageTotal, wide ScriptBlockText, wide ScriptBlockId, wide Path</code>
/// </summary>
internal sealed class PowerShellDecoder(EtwProvider provider) : IEtwDecoder, IFlushes
{
    private const ushort ScriptBlock = 4104;
    private const byte Newest = 1;

    private readonly ScriptParts _parts = new();

    public EtwProvider Provider => provider;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        if (header.Id != ScriptBlock)
            return EtwOutcome.NotOurs;
        var reader = new PayloadReader(record);
        int number = (int)reader.U32(), total = (int)reader.U32();
        string text = reader.Text(), id = reader.Text(), path = reader.Text();
        if (reader.Failed)
            return reader.Outcome(header.Version, Newest);
        var part = new ScriptRun(header.AtNs, state.Actor(header), ScriptSource.PowerShell, text, "PowerShell", path.Length == 0 ? null : path, id, reader.Cut);
        _parts.Add(part, number, total, state.Counts, into);
        return EtwOutcome.Taken;
    }

    public void Flush(long nowNs, EtwState state, List<SensorEvent> into) => _parts.Flush(nowNs, state.Counts, into);
}
