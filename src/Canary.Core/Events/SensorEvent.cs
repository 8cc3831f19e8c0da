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

/// <summary>A rarely used system interface that attackers like.</summary>
public sealed record SystemActed(long AtNs, ProcessKey Actor, SystemAct Act, string Detail, ProcessKey Target = default) : SensorEvent(AtNs, Actor);

public enum SystemAct
{
    CreateMemoryFile,
    Ptrace,
    LoadBpf,
    LoadModule,
}

/// <summary>Device and inode: what a file is, whatever it is called.</summary>
public readonly record struct FileId(ulong Device, ulong Inode)
{
    public bool IsNone => Inode == 0;
}

/// <summary>Events that a sensor had to drop since it last said so. Never hidden: each becomes an alert of the rule canary-blind.</summary>
/// <param name="Class">What was lost: process, network, file, …</param>
public readonly record struct SensorLoss(string Sensor, string Class, long Count);
