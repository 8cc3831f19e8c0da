using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Ebpf;

/// <summary>One compiled BPF object: opened from the program's own resources, sized, loaded, attached; all undone on disposal.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class BpfObject : IDisposable
{
    private readonly List<nint> _links = [];
    private nint _handle;

    private BpfObject(nint handle) => _handle = handle;

    public static BpfObject Open(string resource)
    {
        LibBpfWords.Listen();
        using var stream = typeof(BpfObject).Assembly.GetManifestResourceStream(resource)
            ?? throw new BpfRefused("this build of Canary holds no BPF program (it was not built on Linux)");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        fixed (byte* first = bytes)
        {
            nint handle = LibBpf.ObjectOpen(first, (nuint)bytes.Length, 0);
            return handle != 0 ? new BpfObject(handle) : throw BpfRefused.Now("libbpf cannot read the BPF object");
        }
    }

    public void Load()
    {
        if (LibBpf.ObjectLoad(_handle) != 0)
            throw BpfRefused.Now("the kernel refused the BPF programs");
    }

    public void Skip(string program) => _ = LibBpf.SetAutoload(Program(program), 0);

    public void Size(string map, int entries) => _ = LibBpf.SetMaxEntries(Map(map), (uint)entries);

    public void Share(string map, BpfObject owner)
    {
        if (LibBpf.ReuseFd(Map(map), owner.MapFd(map)) != 0)
            throw BpfRefused.Now($"map {map} cannot be shared");
    }

    public void Initialise<T>(string map, T value)
        where T : unmanaged
    {
        if (LibBpf.SetInitialValue(Map(map), &value, (nuint)sizeof(T)) != 0)
            throw BpfRefused.Now($"map {map} cannot be initialised");
    }

    public int MapFd(string map) => LibBpf.MapFd(Map(map));

    public nint Program(string name)
    {
        nint program = LibBpf.FindProgram(_handle, name);
        return program != 0 ? program : throw new BpfRefused($"no program {name} in the BPF object");
    }

    /// <summary>Attaches a program where its section says.</summary>
    public void Attach(string program) => Keep(LibBpf.Attach(Program(program)), program);

    public void AttachToCgroup(string program, SafeHandle cgroup) =>
        Keep(LibBpf.AttachCgroup(Program(program), (int)cgroup.DangerousGetHandle()), program);

    public nint AttachIterator(string program) => Keep(LibBpf.AttachIterator(Program(program), 0), program);

    /// <summary>The file descriptors of all programs that were loaded.</summary>
    public IEnumerable<int> LoadedPrograms()
    {
        for (nint program = LibBpf.NextProgram(_handle, 0); program != 0; program = LibBpf.NextProgram(_handle, program))
        {
            int fd = LibBpf.ProgramFd(program);
            if (fd >= 0)
                yield return fd;
        }
    }

    public void Dispose()
    {
        foreach (nint link in _links)
            _ = LibBpf.LinkDestroy(link);
        _links.Clear();
        if (_handle != 0)
            LibBpf.ObjectClose(_handle);
        _handle = 0;
    }

    private nint Keep(nint link, string program)
    {
        if (link == 0)
            throw BpfRefused.Now($"{program} cannot be attached");
        _links.Add(link);
        return link;
    }

    private nint Map(string name)
    {
        nint map = LibBpf.FindMap(_handle, name);
        return map != 0 ? map : throw new BpfRefused($"no map {name} in the BPF object");
    }
}

/// <summary>libbpf or the kernel said no; the message says what and why.</summary>
internal sealed class BpfRefused(string message) : Exception(message)
{
    /// <summary>With errno and the first thing that libbpf printed.</summary>
    [SupportedOSPlatform("linux")]
    public static BpfRefused Now(string what)
    {
        string error = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        string said = LibBpfWords.Reason();
        bool adds = said.Length > 0 && !said.Contains(error, StringComparison.Ordinal);
        return new BpfRefused(adds ? $"{what}: {error} ({said})" : $"{what}: {(said.Length > 0 ? said : error)}");
    }
}
