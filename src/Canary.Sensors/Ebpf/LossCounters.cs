using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Ebpf;

/// <summary>What the BPF programs could not hand over: their own counts, and the runs that the kernel skipped.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LossCounters
{
    private const int RecursionMisses = 208, LongEnough = 216; // struct bpf_prog_info

    private static readonly string[] ClassNames = ["process", "network", "dns", "system", "lineage", "file"];

    private readonly int _map;
    private readonly ulong[] _counts;
    private readonly long[] _told = new long[ClassNames.Length];
    private readonly List<(int Program, int Class)> _programs = [];

    public LossCounters(int map)
    {
        _map = map;
        _counts = new ulong[LibBpf.PossibleCpus() * ClassNames.Length];
    }

    public void Watch(int program, string lossClass) => _programs.Add((program, Array.IndexOf(ClassNames, lossClass)));

    public void Collect(string sensor, List<SensorLoss> into)
    {
        Span<long> now = stackalloc long[ClassNames.Length];
        uint zero = 0;
        fixed (ulong* counts = _counts)
        {
            if (LibBpf.Lookup(_map, &zero, counts) == 0)
            {
                for (int i = 0; i < _counts.Length; i++)
                    now[i % ClassNames.Length] += (long)counts[i];
            }
        }

        foreach (var (program, lossClass) in _programs)
            now[lossClass] += Misses(program);
        for (int i = 0; i < now.Length; i++)
        {
            if (now[i] > _told[i])
                into.Add(new SensorLoss(sensor, ClassNames[i], now[i] - _told[i]));
            _told[i] = Math.Max(_told[i], now[i]);
        }
    }

    private static long Misses(int program)
    {
        byte* facts = stackalloc byte[256];
        new Span<byte>(facts, 256).Clear();
        uint length = 256;
        return LibBpf.ObjectInfo(program, facts, &length) == 0 && length >= LongEnough ? *(long*)(facts + RecursionMisses) : 0;
    }
}
