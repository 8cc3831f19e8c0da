using System.Globalization;
using System.Text;
using Canary.Sensors.Etw;

namespace Canary.Tests.Sensors.Etw;

/// <summary>
/// An agent's work on a Windows machine as ETW tells it, the same for the same seed: a session of claude.exe that starts shells, each of
/// which maps libraries, opens and writes files, sets values, asks for names and connects. Both sessions, in the order of time.
/// </summary>
internal sealed class EtwStream(int seed)
{
    public const long Boot = 133_000_000_000_000_000;

    private const byte Size = 8;
    private const int AgentPid = 4000;
    private static readonly string[] Libraries = ["ntdll.dll", "kernel32.dll", "KernelBase.dll", "ucrtbase.dll", "advapi32.dll", "sechost.dll", "rpcrt4.dll", "user32.dll"];

    private readonly Random _random = new(seed);
    private readonly List<(bool IsProcess, EtwHeader Header, byte[] Payload)> _events = [];
    private long _at = 10_000_000_000;
    private ulong _sequence = 1000, _object = 0xffff_8000_0000_0000;
    private int _pid = 8000;

    /// <summary>Starts of processes in it.</summary>
    public int Starts { get; private set; }

    /// <summary>So many events, or a few more: the last process ends.</summary>
    public IReadOnlyList<(bool IsProcess, EtwHeader Header, byte[] Payload)> Of(int count)
    {
        Start(AgentPid, 900, 0, @"\Device\HarddiskVolume3\Users\dev\.local\bin\claude.exe", @"""C:\Users\dev\.local\bin\claude.exe"" -p tidy");
        while (_events.Count < count)
            Command();
        return _events;
    }

    private void Command()
    {
        int pid = _pid += 4;
        // Pids come round again, as they do on Windows.
        if (_pid > 60_000)
            _pid = 8000;
        (string image, string line) = _random.Next(4) switch
        {
            0 => (@"Windows\System32\cmd.exe", $@"cmd.exe /d /s /c ""npm run build -- --filter pkg-{_random.Next(500)}"""),
            1 => (@"Program Files\nodejs\node.exe", $@"""C:\Program Files\nodejs\node.exe"" .\node_modules\.bin\tsc -p packages\pkg-{_random.Next(500)} --incremental"),
            2 => (@"Program Files\Git\cmd\git.exe", $"git.exe --no-pager diff --stat HEAD~{_random.Next(9)} -- src/mod{_random.Next(400)}.ts"),
            _ => (@"Windows\System32\WindowsPowerShell\v1.0\powershell.exe", $@"powershell.exe -NoProfile -Command ""Get-ChildItem src -Recurse -Filter *{_random.Next(99)}*.ts | Select-Object -First 20"""),
        };
        Start(pid, AgentPid, 1001, @"\Device\HarddiskVolume3\" + image, line);
        foreach (string library in Libraries)
        {
            Rest(EtwProvider.KernelProcess, 5, 0, pid,
                new PayloadBuilder(Size).Pointer(0x7ff8_0000_0000, 0x1f0000).U32((uint)pid, 0, 0).Pointer(0x7ff8_0000_0000).Wide(@"\Device\HarddiskVolume3\Windows\System32\" + library));
        }

        for (int i = _random.Next(6, 14); i > 0; i--)
            File(pid);
        if (_random.Next(3) == 0)
            Value(pid);
        if (_random.Next(2) == 0)
            Connection(pid);
        if (image.EndsWith("powershell.exe", StringComparison.Ordinal))
        {
            Rest(EtwProvider.PowerShell, 4104, 1, pid,
                new PayloadBuilder(Size).U32(1, 1).Wide(line[line.IndexOf('"')..].Trim('"')).Wide(Guid.Empty.ToString()).Wide(""));
        }

        Process(EtwProvider.KernelProcess, 2, 2, 0, pid, new PayloadBuilder(Size).U32((uint)pid).U64(_sequence).U64((ulong)Created).U64((ulong)Created + 9).U32(0));
    }

    private void Start(int pid, int parent, ulong parentSequence, string image, string line)
    {
        Starts++;
        _sequence++;
        Process(EtwProvider.KernelLoggerProcess, 0, 4, 1, parent, new PayloadBuilder(Size).Pointer(++_object).U32((uint)pid, (uint)parent, 1, 0).Pointer(0x1aa000).U32(0)
            .TokenUser("S-1-5-21-1-2-3-1001").Ansi(image[(image.LastIndexOf('\\') + 1)..]).Wide(line).Wide("").Wide(""));
        Process(EtwProvider.KernelProcess, 1, 3, 1, parent, new PayloadBuilder(Size).U32((uint)pid).U64(_sequence).U64((ulong)Created).U32((uint)parent).U64(parentSequence).U32(1, 0, 3, 0)
            .Sid("S-1-16-8192").Wide(image).U32(0, 0).Wide("").Wide(""));
    }

    private void File(int pid)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $@"\Device\HarddiskVolume3\src\app\packages\pkg-{_random.Next(500)}\src\mod{_random.Next(4000)}.ts");
        ulong irp = ++_object, file = ++_object;
        bool creates = _random.Next(4) == 0;
        // Irp, FileObject, IssuingThreadId, CreateOptions, CreateAttributes, ShareAccess, FileName: Kernel-File 12 and 30, V1
        Rest(EtwProvider.KernelFile, (ushort)(creates ? 30 : 12), 1, pid, new PayloadBuilder(Size).Pointer(irp, file).U32(78, creates ? 2u << 24 : 1u << 24, 0x80, 7).Wide(path));
    }

    private void Value(int pid)
    {
        ulong key = ++_object;
        Rest(EtwProvider.KernelRegistry, 2, 0, pid, new PayloadBuilder(Size).Pointer(0, key).U32(0, 2).Wide("").Wide($@"\REGISTRY\USER\S-1-5-21-1-2-3-1001\Software\App{_random.Next(99)}"));
        byte[] data = Encoding.Unicode.GetBytes($"value {_random.Next(1000)}\0");
        Rest(EtwProvider.KernelRegistry, 5, 0, pid, new PayloadBuilder(Size).Pointer(key).U32(0, 1, (uint)data.Length).Wide("").Wide("State").U16((ushort)data.Length).Raw(data));
        Rest(EtwProvider.KernelRegistry, 13, 0, pid, new PayloadBuilder(Size).Pointer(key).U32(0).Wide(""));
    }

    private void Connection(int pid)
    {
        string address = $"104.16.{_random.Next(255)}.{_random.Next(1, 255)}";
        Rest(EtwProvider.DnsClient, 3008, 0, pid, new PayloadBuilder(Size).Wide("registry.npmjs.org").U32(1).U64(0x4000).U32(0).Wide($"::ffff:{address};"));
        Rest(EtwProvider.KernelNetwork, 12, 0, pid, new PayloadBuilder(Size).U32((uint)pid, 0).Address(address).Address("192.168.1.2").Port(443).Port(50_000).U32(0, 1, 0));
    }

    private long Created => Boot + (_at / 100);

    private void Process(EtwProvider provider, ushort id, byte version, byte opcode, int pid, PayloadBuilder payload) => Add(true, provider, id, version, opcode, pid, payload);

    private void Rest(EtwProvider provider, ushort id, byte version, int pid, PayloadBuilder payload) => Add(false, provider, id, version, 0, pid, payload);

    private void Add(bool isProcess, EtwProvider provider, ushort id, byte version, byte opcode, int pid, PayloadBuilder payload)
    {
        _at += _random.Next(2_000, 40_000);
        _events.Add((isProcess, new EtwHeader(provider, id, version, opcode, pid, pid + 4, _at, Size), payload.Bytes));
    }
}
