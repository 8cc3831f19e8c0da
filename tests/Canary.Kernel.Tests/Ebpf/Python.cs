namespace Canary.Kernel.Tests.Ebpf;

/// <summary>Small Python programs that do to the kernel what no .NET call does.</summary>
internal static class Python
{
    private const string Libc = "import ctypes, os, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n";

    public const string MemfdExec = Libc + """
        fd = os.memfd_create('payload', 0)
        os.write(fd, open('/bin/echo', 'rb').read())
        os.execve(fd, ['kworker/0:1', sys.argv[1]], {})
        """;

    /// <summary>clone3 with set_tid: a child with the pid that is asked for. Prints nothing; the child executes /bin/echo MARKER.</summary>
    public const string WithPid = Libc + """
        want = (ctypes.c_int * 1)(int(sys.argv[1]))
        args = (ctypes.c_uint64 * 10)(0, 0, 0, 0, 17, 0, 0, 0, ctypes.addressof(want), 1)
        pid = libc.syscall(435, args, ctypes.sizeof(args))
        if pid == 0:
            os.execv('/bin/echo', ['/bin/echo', sys.argv[2]])
        if pid < 0:
            sys.exit('clone3: ' + os.strerror(ctypes.get_errno()))
        os.waitpid(pid, 0)
        """;

    /// <summary>A child with CLONE_PARENT: its parent is ours, not we.</summary>
    public const string CloneParent = Libc + """
        input()
        args = (ctypes.c_uint64 * 8)(0x8000, 0, 0, 0, 0, 0, 0, 0)
        pid = libc.syscall(435, args, ctypes.sizeof(args))
        if pid == 0:
            os.execv('/bin/echo', ['/bin/echo', 'other-parent'])
        if pid < 0:
            sys.exit('clone3: ' + os.strerror(ctypes.get_errno()))
        """;

    public const string PtraceAttach = Libc + """
        pid = int(sys.argv[1])
        if libc.ptrace(16, pid, None, None) != 0:
            sys.exit('ptrace: ' + os.strerror(ctypes.get_errno()))
        os.waitpid(pid, 0x40000000)
        libc.ptrace(17, pid, None, None)
        """;

    public const string Spawn = """
        import os, sys
        for _ in range(int(sys.argv[1])):
            os.waitpid(os.posix_spawn('/bin/true', ['/bin/true', 'storm'], {}), 0)
        """;

    public static int Run(string program, params string[] arguments) => Live.Run("/usr/bin/python3", ["-c", program, .. arguments]);
}
