using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Events;
using Canary.Sensors.Proc;

namespace Canary.Sensors.Ebpf;

/// <summary>The processes that were there before the sensor, from the kernel's own task list, parents first.</summary>
[SupportedOSPlatform("linux")]
internal static partial class RunningTasks
{
    public static unsafe List<SensorEvent> Find(BpfObject programs)
    {
        var bytes = ReadAll(programs.AttachIterator("list_running"));
        var running = new List<WireRunning>();
        running.AddRange(MemoryMarshal.Cast<byte, WireRunning>(CollectionsMarshal.AsSpan(bytes)));
        AddUnlistedParents(running);
        running.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        var found = new List<SensorEvent>(running.Count);
        foreach (ref readonly var task in CollectionsMarshal.AsSpan(running))
            found.Add(Describe(task));
        return found;
    }

    // Seen on a sandboxed kernel: pid 1 is hidden from the iterator, yet it is the parent of half of what is listed.
    private static void AddUnlistedParents(List<WireRunning> running)
    {
        var listed = new HashSet<uint>(running.Count) { 0, 2 }; // the idle task and kthreadd are no processes
        foreach (var task in running)
            listed.Add(task.Pid);
        for (int i = 0, count = running.Count; i < count; i++)
        {
            var (parent, start) = (running[i].Parent, running[i].ParentStart);
            if (listed.Add(parent))
                running.Add(new WireRunning { Pid = parent, Start = start, Uid = ProcFiles.Uid((int)parent) });
        }
    }

    private static ProcessExecuted Describe(in WireRunning task)
    {
        int pid = (int)task.Pid;
        bool lossy = false, cut = false;
        string[] arguments = ProcFiles.Arguments(pid, ref cut, ref lossy);
        string image = ProcFiles.Link(pid, "exe", ref lossy) ?? (arguments.Length > 0 ? arguments[0] : "");
        // Told as of its start: whoever orders events by time keeps parents first, and each before what it did while we were listing
        return new ProcessExecuted((long)task.Start, new ProcessKey(pid, (long)task.Start), new ProcessKey((int)task.Parent, (long)task.ParentStart))
        {
            Image = image,
            Requested = image,
            Arguments = arguments,
            CurrentDirectory = ProcFiles.Link(pid, "cwd", ref lossy),
            Uid = task.Uid,
            File = new FileId(EventReader.Device(task.Device), task.Inode),
            Session = task.Session,
            Truncated = cut,
            Lossy = lossy,
            AlreadyRunning = true,
        };
    }

    private static unsafe List<byte> ReadAll(nint link)
    {
        int fd = LibBpf.CreateIterator(LibBpf.LinkFd(link));
        if (fd < 0)
            throw BpfRefused.Now("the running processes cannot be listed");
        try
        {
            var all = new List<byte>(64 * 1024);
            byte* buffer = stackalloc byte[8192];
            while (true)
            {
                nint taken = Read(fd, buffer, 8192);
                if (taken == 0)
                    return all;
                if (taken > 0)
                    all.AddRange(new ReadOnlySpan<byte>(buffer, (int)taken));
                else if (Marshal.GetLastPInvokeError() is not (4 or 11)) // EINTR, EAGAIN
                    throw BpfRefused.Now("the running processes cannot be read");
            }
        }
        finally
        {
            _ = Close(fd);
        }
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int fd, byte* into, nint size);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);
}
