namespace Canary.Sensors.Etw;

/// <summary>One event as the session delivered it: the header's words and the payload's bytes, which no decoder has trusted yet.</summary>
/// <remarks>The seam between Windows and everything else: what stands behind it runs, and is tested, on any system.</remarks>
internal readonly ref struct EtwRecord(EtwHeader header, ReadOnlySpan<byte> payload)
{
    public EtwHeader Header { get; } = header;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}

/// <param name="Id">The event id of a manifest; 0 for the kernel logger's classes, which have the <paramref name="Opcode"/> instead.</param>
/// <param name="Pid">The process on whose thread the event was written: the actor, but where a payload says otherwise.</param>
/// <param name="AtNs">Nanoseconds since boot, suspend included.</param>
/// <param name="PointerSize">4 or 8.</param>
internal readonly record struct EtwHeader(EtwProvider Provider, ushort Id, byte Version, byte Opcode, int Pid, int Tid, long AtNs, byte PointerSize = 8);
