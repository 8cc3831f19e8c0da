using System.Globalization;
using Canary.Events;
using Canary.Sensors.Ebpf;
using Xunit;

namespace Canary.Kernel.Tests.Ebpf;

public sealed class SystemTests
{
    [Fact]
    public void By_system_call_tracepoints_memory_files_and_ptrace_are_seen()
    {
        using var live = new Live(new EbpfOptions { AllNetwork = true, SyscallTracepoints = true });
        Assert.Contains("system", live.State.Classes);
        Python.Run(Python.MemfdExec, "marker-memfd");
        live.Await<SystemActed>(e => e is { Act: SystemAct.CreateMemoryFile, Detail: "payload" });

        using var victim = Live.Start("/bin/sleep", "60");
        int pid = Python.Run(Python.PtraceAttach, victim.Id.ToString(CultureInfo.InvariantCulture));
        var traced = live.Await<SystemActed>(e => e.Act == SystemAct.Ptrace && e.Actor.Pid == pid);
        Assert.Equal(("attach", victim.Id), (traced.Detail, traced.Target.Pid));
        victim.Kill();

        using var other = new Live(); // loads BPF programs
        Assert.Contains("on_", live.Await<SystemActed>(e => e.Act == SystemAct.LoadBpf && e.Detail.StartsWith("on_", StringComparison.Ordinal)).Detail);
    }

    [Fact]
    public void What_the_kernel_refuses_is_told_with_its_reason()
    {
        using var live = new Live(new EbpfOptions { SyscallTracepoints = false });
        if (live.State.Tier!.Contains("lsm", StringComparison.Ordinal))
        {
            Assert.Null(live.State.Unavailable);
            return;
        }

        Assert.Contains("LSM", live.State.Unavailable);
        Assert.Contains(live.State.Blind, b => b.Contains("ptrace", StringComparison.Ordinal));
        Assert.DoesNotContain("system", live.State.Classes);
    }
}
