using Canary.Sensors.Hosting;
using Xunit;

namespace Canary.Tests.Sensors.Hosting;

/// <summary>The filter of system calls, run by hand as the kernel runs it (Documentation/networking/filter.rst), number by number.</summary>
public sealed class SyscallDoorsTests
{
    private const uint X64 = 0xC000003E, I386 = 0x40000003;
    private const uint Allowed = 0x7fff0000, EPerm = 0x00050001, ENoSys = 0x00050026;
    private const int Bpf = 321, Clone = 56, Clone3 = 435;

    [Theory]
    [InlineData(59)]   // execve
    [InlineData(322)]  // execveat
    [InlineData(101)]  // ptrace
    [InlineData(300)]  // fanotify_init
    [InlineData(165)]  // mount
    [InlineData(308)]  // setns
    [InlineData(313)]  // finit_module
    [InlineData(425)]  // io_uring_setup
    [InlineData(227)]  // clock_settime
    public void What_a_monitor_never_asks_for_is_refused(int call) => Assert.Equal(EPerm, Run(call));

    [Theory]
    [InlineData(0)]    // read
    [InlineData(1)]    // write
    [InlineData(9)]    // mmap
    [InlineData(16)]   // ioctl: the seal
    [InlineData(41)]   // socket: mail
    [InlineData(57)]   // fork: harmless without execve
    [InlineData(62)]   // kill
    [InlineData(74)]   // fsync
    [InlineData(202)]  // futex
    [InlineData(257)]  // openat
    [InlineData(301)]  // fanotify_mark: new work trees
    [InlineData(304)]  // open_by_handle_at: where a file is now
    public void What_a_monitor_lives_of_goes_on(int call) => Assert.Equal(Allowed, Run(call));

    [Theory]
    [InlineData(1u, Allowed)]
    [InlineData(2u, Allowed)]
    [InlineData(3u, Allowed)]
    [InlineData(4u, Allowed)]
    [InlineData(15u, Allowed)]
    [InlineData(0u, EPerm)]    // a new map
    [InlineData(5u, EPerm)]    // a new program
    [InlineData(8u, EPerm)]    // attach
    [InlineData(13u, EPerm)]   // a program of another by its id
    [InlineData(28u, EPerm)]   // a new link
    public void Of_bpf_only_the_elements_of_open_maps_are_left(uint command, uint result) => Assert.Equal(result, Run(Bpf, command));

    [Theory]
    [InlineData(0x3d0f00u, Allowed)]   // a thread, as the C library makes it
    [InlineData(17u, Allowed)]         // SIGCHLD alone: fork
    [InlineData(0x10000000u, EPerm)]   // CLONE_NEWUSER
    [InlineData(0x00020000u, EPerm)]   // CLONE_NEWNS
    [InlineData(0x40000011u, EPerm)]   // CLONE_NEWNET
    public void A_thread_may_begin_and_a_namespace_may_not(uint flags, uint result) => Assert.Equal(result, Run(Clone, flags));

    [Fact]
    public void Clone3_is_not_there_so_that_the_C_library_takes_clone() => Assert.Equal(ENoSys, Run(Clone3));

    [Fact]
    public void Another_way_into_the_kernel_has_no_call_at_all()
    {
        Assert.Equal(EPerm, Run(3, architecture: I386));
        Assert.Equal(EPerm, Run(0x40000000 | 59));
        Assert.Equal(EPerm, Run(0x40000000));
    }

    [Fact]
    public void No_other_call_is_refused() =>
        Assert.Equal(52, Enumerable.Range(0, 500).Count(n => n is not (Bpf or Clone) && Run(n) != Allowed));

    private static uint Run(int call, uint argument = 0, uint architecture = X64)
    {
        var program = SyscallDoors.Program();
        uint value = 0;
        for (int at = 0; at < program.Length; at++)
        {
            var (code, operand) = (program[at].Code, program[at].Operand);
            bool? jump = code switch
            {
                0x15 => value == operand,
                0x35 => value >= operand,
                0x45 => (value & operand) != 0,
                _ => null,
            };
            if (jump is { } taken)
                at += taken ? program[at].WhenTrue : program[at].WhenFalse;
            else if (code == 0x20)
                value = operand switch { 0 => (uint)call, 4 => architecture, 16 => argument, _ => throw new InvalidOperationException($"reads at {operand}") };
            else if (code == 0x06)
                return operand;
            else
                throw new InvalidOperationException($"code {code:x}");
        }

        throw new InvalidOperationException("ran past the end");
    }
}
