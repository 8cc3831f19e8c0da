using System.Net;

namespace Canary.Events;

/// <summary>What a sensor saw, before anything is known of agents or rules.</summary>
/// <param name="AtNs">Nanoseconds since boot (CLOCK_BOOTTIME): unmoved by clock jumps, counting suspend.</param>
/// <param name="Actor">Who did it. <see cref="ProcessKey.StartedNs"/> is 0 where the sensor knows only the pid.</param>
public abstract record SensorEvent(long AtNs, ProcessKey Actor);

/// <summary>A new thread group. <see cref="SensorEvent.Actor"/> is the parent.</summary>
public sealed record ProcessForked(long AtNs, ProcessKey Actor, ProcessKey Child, uint Session) : SensorEvent(AtNs, Actor);

/// <summary>A new image in an existing process.</summary>
public sealed record ProcessExecuted(long AtNs, ProcessKey Actor, ProcessKey Parent) : SensorEvent(AtNs, Actor)
{
    /// <summary>Resolved path of the image as the kernel holds it; <c>memfd:NAME</c> for an anonymous file.</summary>
    public required string Image { get; init; }

    /// <summary>What was asked for: a script, a link, a relative path. Equal to <see cref="Image"/> when the sensor knows no better.</summary>
    public required string Requested { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }
    public string? CurrentDirectory { get; init; }
    public uint Uid { get; init; }
    public FileId File { get; init; }

    /// <summary>The session tag that the kernel holds for the process, 0 for none.</summary>
    public uint Session { get; init; }

    /// <summary>The argument list was longer than the sensor reads (128 KiB).</summary>
    public bool Truncated { get; init; }

    /// <summary>Some bytes were not UTF-8 and stand as <c>\xNN</c>.</summary>
    public bool Lossy { get; init; }

    /// <summary>Found running when the sensor started, not seen starting.</summary>
    public bool AlreadyRunning { get; init; }

    /// <summary>The line as it was given, where the system has one line and no list (Windows); null where it has a list.</summary>
    public string? CommandLine { get; init; }

    /// <summary>The account by name, or as a SID, where the system has no number for it; null where <see cref="Uid"/> says it.</summary>
    public string? User { get; init; }

    /// <summary>Windows' mandatory label: Low, Medium, High, System; null where unknown.</summary>
    public string? IntegrityLevel { get; init; }
}

/// <summary>The last thread of the process is gone.</summary>
public sealed record ProcessExited(long AtNs, ProcessKey Actor, int ExitCode) : SensorEvent(AtNs, Actor);

/// <summary>Something done to a named file.</summary>
/// <param name="Path">Absolute path after symbolic links, as the kernel resolved it.</param>
/// <param name="Target">The new name of a rename or link.</param>
public sealed record FileActed(long AtNs, ProcessKey Actor, FileAct Act, string Path, string? Target = null) : SensorEvent(AtNs, Actor)
{
    public FileId File { get; init; }
    public bool Lossy { get; init; }

    /// <summary>The sensor knows the file only by a number: <see cref="Path"/> is empty or only a tail.</summary>
    public bool Unresolved { get; init; }
}

public enum FileAct
{
    Open,
    Create,
    Write,
    Rename,
    Delete,
    ChangeAttributes,
    Link,
    OpenDevice,
}

/// <summary>An outbound connect, or the first datagram to an address.</summary>
public sealed record Connected(long AtNs, ProcessKey Actor, NetworkProtocol Protocol, IPAddress Address, int Port) : SensorEvent(AtNs, Actor);

public enum NetworkProtocol
{
    Tcp,
    Udp,
    Other,
}

/// <summary>A question sent to a DNS server.</summary>
/// <param name="QueryType">The number of RFC 1035 §3.2.2: 1 = A, 16 = TXT, 28 = AAAA.</param>
public sealed record DnsAsked(long AtNs, ProcessKey Actor, string Name, int QueryType, IPAddress Server) : SensorEvent(AtNs, Actor);

/// <summary>The answer to a DNS question, as the system's own resolver gave it.</summary>
/// <param name="Status">0, or the resolver's error number (Windows: a Win32 code, 9003 = no such name).</param>
/// <param name="Results">As the resolver writes them: addresses and names, separated by semicolons.</param>
public sealed record DnsAnswered(long AtNs, ProcessKey Actor, string Name, int QueryType, long Status, string Results) : SensorEvent(AtNs, Actor);

/// <summary>A change to the registry of Windows.</summary>
/// <param name="Key">The full key under its short root (<c>HKLM\…</c>, <c>HKU\SID\…</c>), or as much of it as is known.</param>
/// <param name="Value">The value's name; null where the act is on a key, empty for the unnamed value.</param>
/// <param name="Details">What was set, as Sysmon writes it (<c>DWORD (0x00000001)</c>, the text of a string); null where not known.</param>
/// <param name="Resolved">False where the sensor never learned the name of the key's handle: <paramref name="Key"/> is then only its tail.</param>
public sealed record RegistryActed(long AtNs, ProcessKey Actor, RegistryAct Act, string Key, string? Value, string? Details, bool Resolved) : SensorEvent(AtNs, Actor);

public enum RegistryAct
{
    SetValue,
    DeleteValue,
    CreateKey,
    DeleteKey,
}

/// <summary>An image (program, library, driver) mapped into a process.</summary>
public sealed record ImageMapped(long AtNs, ProcessKey Actor, string Path) : SensorEvent(AtNs, Actor);

/// <summary>Script text that an interpreter is about to run.</summary>
/// <param name="Host">Who told: <c>PowerShell</c> (event 4104) or the application's name as AMSI has it.</param>
/// <param name="Path">The script's file, or AMSI's name of the content; null where it was typed or made at run time.</param>
/// <param name="Id">PowerShell's script block id; null elsewhere.</param>
/// <param name="Partial">One part of several, or cut by the sensor: a rule may miss what stands elsewhere.</param>
public sealed record ScriptRun(long AtNs, ProcessKey Actor, ScriptSource Source, string Text, string? Host, string? Path, string? Id, bool Partial) : SensorEvent(AtNs, Actor);

public enum ScriptSource
{
    PowerShell,
    Amsi,
}

/// <summary>A model file opened by a process where no gate stands before it, or the first use of a graphics device by a process that did.</summary>
/// <param name="Device">The adapter in words; null before the process used one.</param>
public sealed record ModelOpened(long AtNs, ProcessKey Actor, string Path, string? Device) : SensorEvent(AtNs, Actor);

/// <summary>A rarely used system interface that attackers like.</summary>
/// <param name="Access">The rights that were asked for (Windows' access mask), 0 where there are none.</param>
public sealed record SystemActed(long AtNs, ProcessKey Actor, SystemAct Act, string Detail, ProcessKey Target = default, uint Access = 0) : SensorEvent(AtNs, Actor);

public enum SystemAct
{
    CreateMemoryFile,
    Ptrace,
    LoadBpf,
    LoadModule,
    OpenProcess,
    CreateRemoteThread,
}

/// <summary>Device and inode: what a file is, whatever it is called.</summary>
public readonly record struct FileId(ulong Device, ulong Inode)
{
    public bool IsNone => Inode == 0;
}

/// <summary>Events that a sensor had to drop since it last said so. Never hidden: each becomes an alert of the rule canary-blind.</summary>
/// <param name="Class">What was lost: process, network, file, …</param>
public readonly record struct SensorLoss(string Sensor, string Class, long Count);
