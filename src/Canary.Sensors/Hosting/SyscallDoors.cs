using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Hosting;

/// <summary>
/// What a monitor never asks the kernel for once its sensors stand, refused to all threads of this process for the rest of its life:
/// programs, namespaces, mounts, modules, other processes' memory, new BPF programs and new fanotify groups.
/// </summary>
/// <remarks>
/// Linux keeps capabilities for each thread apart and has no call that takes one from all threads of a program that runs; a filter of
/// system calls it does put before all of them (SECCOMP_FILTER_FLAG_TSYNC). So CAP_SYS_ADMIN stays, and what it is good for does not.
/// </remarks>
public static partial class SyscallDoors
{
    private const int SetNoNewPrivileges = 38;           // linux/prctl.h
    private const nint SeccompCall = 317, FilterMode = 1, ForAllThreads = 1;
    private const uint ArchX64 = 0xC000003E, X32Bit = 0x40000000;
    private const int Allow = 0x7fff0000, Refuse = 0x00050000, EPerm = 1, ENoSys = 38;
    private const int Clone = 56, Clone3 = 435, Bpf = 321;

    /// <summary>CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET.</summary>
    private const uint NewNamespaces = 0x7E020000;

    /// <summary>Lookup, update, delete and next of a map's elements, and what is told of an open object.</summary>
    private static readonly uint[] BpfOfOpenMaps = [1, 2, 3, 4, 15];

    /// <summary>By asm/unistd_64.h.</summary>
    private static readonly uint[] Refused =
    [
        59, 322,                                         // execve execveat
        101, 310, 311, 312, 438,                         // ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd
        175, 313, 176, 246, 320,                         // init_module finit_module delete_module kexec_load kexec_file_load
        298, FanotifyInit, 323,                          // perf_event_open fanotify_init userfaultfd
        165, 166, 155, 161, 428, 429, 430, 431, 432, 433, 442, // mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
        272, 308,                                        // unshare setns
        167, 168, 169, 170, 171, 172, 173, 163, 179, 443, // swapon swapoff reboot sethostname setdomainname iopl ioperm acct quotactl quotactl_fd
        164, 227, 159, 305,                              // settimeofday clock_settime adjtimex clock_adjtime
        248, 249, 250, 103, 135, 154,                    // add_key request_key keyctl syslog personality modify_ldt
        425, 426, 427,                                   // io_uring_setup io_uring_enter io_uring_register
    ];

    private const uint FanotifyInit = 300;

    /// <summary>Null when they are shut; else why not.</summary>
    /// <param name="keepFanotify">New fanotify groups are still wanted: a gate waits for its lock.</param>
    public static string? Shut(bool keepFanotify = false)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "only Linux on x64 has them";
        return ShutHere(keepFanotify);
    }

    [SupportedOSPlatform("linux")]
    private static unsafe string? ShutHere(bool keepFanotify)
    {
        if (PrCtl(SetNoNewPrivileges, 1, 0, 0, 0) != 0)
            return $"prctl: {Marshal.GetLastPInvokeErrorMessage()}";
        var program = Program(keepFanotify);
        fixed (Instruction* first = program)
        {
            var words = new FilterProgram { Length = (ushort)program.Length, First = first };
            nint result = Syscall(SeccompCall, FilterMode, ForAllThreads, &words);
            return result == 0 ? null : result > 0 ? $"thread {result} has a filter of its own" : $"seccomp: {Marshal.GetLastPInvokeErrorMessage()}";
        }
    }

    /// <summary>The filter, for the kernel and for tests that run it by hand.</summary>
    internal static Instruction[] Program(bool keepFanotify = false)
    {
        const ushort Load = 0x20, JumpEqual = 0x15, JumpAtLeast = 0x35, JumpSet = 0x45, Return = 0x06;
        const uint Number = 0, Architecture = 4, FirstArgument = 16;
        List<Instruction> program =
        [
            new(Load, 0, 0, Architecture),
            new(JumpEqual, 1, 0, ArchX64),
            new(Return, 0, 0, Refuse | EPerm),
            new(Load, 0, 0, Number),
            new(JumpAtLeast, 0, 1, X32Bit),
            new(Return, 0, 0, Refuse | EPerm),
        ];
        foreach (uint call in Refused.Where(c => !keepFanotify || c != FanotifyInit))
        {
            program.Add(new(JumpEqual, 0, 1, call));
            program.Add(new(Return, 0, 0, Refuse | EPerm));
        }

        // Its flags lie in memory, where no filter can look; the C library then takes clone instead.
        program.Add(new(JumpEqual, 0, 1, Clone3));
        program.Add(new(Return, 0, 0, Refuse | ENoSys));
        program.Add(new(JumpEqual, 0, 4, Clone));
        program.Add(new(Load, 0, 0, FirstArgument));
        program.Add(new(JumpSet, 0, 1, NewNamespaces));
        program.Add(new(Return, 0, 0, Refuse | EPerm));
        program.Add(new(Return, 0, 0, Allow));
        program.Add(new(JumpEqual, 1, 0, Bpf));
        program.Add(new(Return, 0, 0, Allow));
        program.Add(new(Load, 0, 0, FirstArgument));
        foreach (uint command in BpfOfOpenMaps)
        {
            program.Add(new(JumpEqual, 0, 1, command));
            program.Add(new(Return, 0, 0, Allow));
        }

        program.Add(new(Return, 0, 0, Refuse | EPerm));
        return [.. program];
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial nint Syscall(nint number, nint mode, nint flags, FilterProgram* program);

    /// <summary>struct sock_filter of linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct Instruction(ushort code, byte whenTrue, byte whenFalse, uint operand)
    {
        public readonly ushort Code = code;
        public readonly byte WhenTrue = whenTrue, WhenFalse = whenFalse;
        public readonly uint Operand = operand;
    }

    /// <summary>struct sock_fprog of linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct FilterProgram
    {
        public ushort Length;
        public Instruction* First;
    }
}
