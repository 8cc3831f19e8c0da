namespace Canary.Sensors.Ebpf;

/// <summary>What the eBPF sensor is told before it starts.</summary>
public sealed record EbpfOptions
{
    /// <summary>Base names, up to 32 bytes each, that make the kernel begin an agent session at once when they are executed.</summary>
    public IReadOnlyList<string> AgentBasenames { get; init; } = [];

    /// <summary>Network, DNS and system events of every process, not of tagged sessions only.</summary>
    public bool AllNetwork { get; init; }

    /// <summary>See ptrace, memfd_create and bpf by tracepoints where the kernel takes no LSM programs. Costs every system call of every process some 30 ns (docs/sensors.md).</summary>
    public bool SyscallTracepoints { get; init; } = true;

    /// <summary>Bytes, a power of two: how far the program may fall behind in fork, exec and exit.</summary>
    public int ProcessRing { get; init; } = 8 << 20;

    /// <summary>Bytes, a power of two: how far the program may fall behind in the rest.</summary>
    public int OtherRing { get; init; } = 4 << 20;

    /// <summary>How many tagged processes can live at the same time.</summary>
    public int TaggedMost { get; init; } = 65536;
}
