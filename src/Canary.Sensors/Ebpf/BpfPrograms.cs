using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Ebpf;

/// <summary>The BPF objects, loaded and attached in the best tier that this kernel takes.</summary>
[SupportedOSPlatform("linux")]
internal sealed class BpfPrograms : IDisposable
{
    private static readonly string[] ProcessPrograms = ["on_fork", "on_exit", "on_exec"];
    private static readonly string[] CgroupPrograms = ["on_connect4", "on_connect6", "on_send4", "on_send6", "on_packet"];
    private static readonly string[] SyscallPrograms = ["on_memfd", "on_ptrace", "on_bpf"];
    private static readonly string[] LsmPrograms = ["may_trace", "may_bpf", "may_read_for_kernel"];
    private static readonly string[] SharedMaps = ["process_ring", "other_ring", "lost", "lineages"];

    private readonly List<(int Program, string LossClass)> _attached = [];
    private readonly string? _networkRefused;
    private BpfObject? _lsm;

    private const string TracingEvents = "/sys/kernel/tracing/events";

    private BpfPrograms(BpfObject main, string? networkRefused)
    {
        Main = main;
        _networkRefused = networkRefused;
    }

    public BpfObject Main { get; }

    /// <summary>Each attached program, with the class of what is lost when the kernel skips a run of it.</summary>
    public IReadOnlyList<(int Program, string LossClass)> Attached => _attached;

    private static bool HasModules => File.Exists("/proc/modules");

    /// <summary>A kernel that refuses the network programs alone still shows its processes.</summary>
    public static BpfPrograms Load(EbpfOptions options)
    {
        try
        {
            return new BpfPrograms(LoadMain(options, network: true), null);
        }
        catch (BpfRefused e)
        {
            return new BpfPrograms(LoadMain(options, network: false), e.Message);
        }
    }

    public SensorState Attach(EbpfOptions options)
    {
        var blind = new List<string>();
        var tier = new List<string> { "tp_btf" };
        var classes = new List<string> { "process" };
        string? unavailable = null;
        foreach (string program in ProcessPrograms)
            Attach(program, "process");

        if (AttachNetwork() is { } noNetwork)
        {
            unavailable = noNetwork;
            blind.Add("connections and DNS questions");
        }
        else
        {
            tier.Add("cgroup");
            classes.AddRange("network", "dns");
            blind.Add("DNS over TCP, TLS or HTTPS, and names asked of a resolver daemon by other means than port 53");
            blind.Add("raw, packet and vsock sockets");
        }

        bool module = HasModules;
        if (module)
            Attach("on_module", "system");
        string? noSyscalls = null;
        if (AttachLsm(options) is not { } refused)
        {
            tier.Add("lsm");
            blind.Add("memfd_create (running such a file is seen)");
            module = true;
        }
        else if (options.SyscallTracepoints && (noSyscalls = AttachSyscalls()) is null)
        {
            tier.Add("syscall tracepoints");
            blind.Add("ptrace, bpf and memfd_create of 32-bit programs; the start time of a traced process");
            module = true;
            unavailable ??= $"no LSM programs: {refused}";
        }
        else
        {
            blind.Add("ptrace, bpf program loads and memfd_create (running such a file is seen)");
            unavailable ??= $"no LSM programs: {refused}" + (noSyscalls is null ? "" : $"; {noSyscalls}");
        }

        if (module)
            classes.Add("system");
        if (BpfSupport.InContainer)
        {
            unavailable = BpfSupport.InContainerSays;
            blind.Add("arguments of what already runs, and sessions of agents that the kernel does not know by name");
        }

        return new SensorState("ebpf", string.Join(" + ", tier), unavailable, blind, classes);
    }

    public void Dispose()
    {
        _lsm?.Dispose();
        Main.Dispose();
    }

    private static WireSettings Settings(EbpfOptions options) =>
        new() { All = options.AllNetwork ? 1u : 0u, MatchNames = options.AgentBasenames.Count > 0 ? 1u : 0u };

    private static BpfObject LoadMain(EbpfOptions options, bool network)
    {
        var main = BpfObject.Open("canary.bpf.o");
        try
        {
            main.Size("process_ring", options.ProcessRing);
            main.Size("other_ring", options.OtherRing);
            main.Size("lineages", options.TaggedMost);
            main.Size("scratches", LibBpf.PossibleCpus());
            main.Initialise(".rodata", Settings(options));
            Skip(main, CgroupPrograms, !network);
            Skip(main, SyscallPrograms, !options.SyscallTracepoints);
            Skip(main, ["on_module"], !HasModules);
            main.Load();
            return main;
        }
        catch
        {
            main.Dispose();
            throw;
        }
    }

    private static void Skip(BpfObject main, string[] programs, bool skip)
    {
        if (!skip)
            return;
        foreach (string program in programs)
            main.Skip(program);
    }

    private void Attach(string program, string lossClass)
    {
        Main.Attach(program);
        _attached.Add((LibBpf.ProgramFd(Main.Program(program)), lossClass));
    }

    /// <summary>Null when done, else why not.</summary>
    private string? AttachNetwork()
    {
        if (_networkRefused is not null)
            return _networkRefused;
        using var root = CgroupRoot.Open();
        if (root is null)
            return "no cgroup v2 hierarchy is mounted, so connections cannot be seen: sudo mount -t cgroup2 none /sys/fs/cgroup/unified";
        try
        {
            foreach (string program in CgroupPrograms)
                Main.AttachToCgroup(program, root);
            return null;
        }
        catch (BpfRefused e)
        {
            return e.Message;
        }
    }

    /// <summary>Null when done, else why not: a machine without them still shows its processes.</summary>
    private string? AttachSyscalls()
    {
        try
        {
            foreach (string program in SyscallPrograms)
                Attach(program, "system");
            return null;
        }
        catch (BpfRefused e)
        {
            return Directory.Exists(TracingEvents) ? e.Message : $"no tracefs is mounted, so system calls cannot be seen: sudo mount -t tracefs tracefs {Path.GetDirectoryName(TracingEvents)}";
        }
    }

    private string? AttachLsm(EbpfOptions options)
    {
        if (BpfLsm.Inactive() is { } inactive)
            return inactive;
        BpfObject? lsm = null;
        try
        {
            lsm = BpfObject.Open("lsm.bpf.o");
            lsm.Initialise(".rodata", Settings(options));
            foreach (string map in SharedMaps)
                lsm.Share(map, Main);
            lsm.Load();
            foreach (string program in LsmPrograms)
                lsm.Attach(program);
            foreach (string program in LsmPrograms)
                _attached.Add((LibBpf.ProgramFd(lsm.Program(program)), "system"));
            _lsm = lsm;
            return null;
        }
        catch (BpfRefused e)
        {
            lsm?.Dispose();
            return e.Message;
        }
    }
}
