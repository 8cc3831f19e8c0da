using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Canary.Agents.Portable;
using Canary.Events;
using Canary.Findings;
using Canary.Text;

namespace Canary.Agents;

/// <summary>process_creation.</summary>
/// <param name="files">Asked about the image, by rules that want to know; null where files say nothing of themselves.</param>
public sealed class ProcessActivity(string product, PortableFiles? files, ProcessImage actor, AgentSession? session, DateTimeOffset time) : Activity(actor, session, time)
{
    public override LogSource Source { get; } = new(product, "process_creation");

    public override string Type => "process";

    public override string Identity => $"{Actor.Path} {Stable(Actor.CommandLine)}";

    public override FieldValue Get(Field field) => files?.Field(Actor.Path, field.Id) is { IsAbsent: false } value ? value : base.Get(field);
}

/// <summary>file_access, file_event, file_rename, file_delete, file_change, device_access: one category an act.</summary>
public sealed class FileActivity(FileActed e, string product, ProcessImage actor, AgentSession? session, DateTimeOffset time) : Activity(actor, session, time)
{
    public override LogSource Source { get; } = new(product, e.Act switch
    {
        FileAct.Open => "file_access",
        FileAct.Rename => "file_rename",
        FileAct.Delete => "file_delete",
        FileAct.ChangeAttributes => "file_change",
        FileAct.OpenDevice => "device_access",
        _ => "file_event",
    });

    public override string Type => "file";

    public override string Identity => $"{Stable(e.Target ?? e.Path)} {PathName.Of(Actor.Path)}";

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.TargetFilename => Text(e.Target ?? e.Path),
        Fields.FileName => Text(e.Path),
        Fields.SourceFilename => e.Target is null ? default : Text(e.Path),
        Fields.NewName => Text(e.Target),
        Fields.Detail => FieldValue.Of(e.Act switch { FileAct.Create => "create", FileAct.Write => "write", FileAct.Link => "link", _ => null }),
        _ => base.Get(field),
    };
}

/// <summary>network_connection.</summary>
/// <param name="host">The name that the address was last the answer to; null where no answer was seen.</param>
public sealed class NetworkActivity(Connected e, string? host, string product, ProcessImage actor, AgentSession? session, DateTimeOffset time) : Activity(actor, session, time)
{
    public override LogSource Source { get; } = new(product, "network_connection");

    public override string Type => "network";

    public override string Identity => $"{e.Address}:{e.Port.ToString(CultureInfo.InvariantCulture)} {PathName.Of(Actor.Path)}";

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.DestinationIp => FieldValue.Of(e.Address.ToString()),
        Fields.DestinationPort => FieldValue.Of(e.Port),
        Fields.DestinationHostname => FieldValue.Of(host),
        Fields.DestinationIsIpv6 => FieldValue.Of(e.Address.AddressFamily == AddressFamily.InterNetworkV6),
        Fields.Protocol => FieldValue.Of(e.Protocol switch { NetworkProtocol.Tcp => "tcp", NetworkProtocol.Udp => "udp", _ => "other" }),
        Fields.Initiated => FieldValue.Of(true),
        _ => base.Get(field),
    };
}

/// <summary>dns_query: the question, or the question with its answer, as Sysmon's event 22 has it.</summary>
/// <param name="queryType">The number of RFC 1035 §3.2.2.</param>
public sealed class DnsActivity(string name, int queryType, string product, ProcessImage actor, AgentSession? session, DateTimeOffset time) : Activity(actor, session, time)
{
    /// <summary>Whom it was asked of; null where only the answer was seen.</summary>
    public IPAddress? Server { get; init; }

    /// <summary>Null where only the question was seen.</summary>
    public DnsAnswered? Answer { get; init; }

    public override LogSource Source { get; } = new(product, "dns_query");

    public override string Type => "dns";

    public override string Identity => $"{Stable(name)} {PathName.Of(Actor.Path)}";

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.QueryName => FieldValue.Of(name),
        Fields.QueryType => FieldValue.Of(queryType),
        Fields.QueryServer => FieldValue.Of(Server?.ToString()),
        Fields.QueryStatus => Answer is null ? default : FieldValue.Of(Answer.Status),
        Fields.QueryResults => Text(Answer?.Results),
        _ => base.Get(field),
    };
}

/// <summary>process_access (ptrace, OpenProcess), create_remote_thread, driver_load (kernel module), memfd_create, bpf_load.</summary>
public sealed class SystemActivity(SystemActed e, string product, ProcessImage? target, ProcessImage actor, AgentSession? session, DateTimeOffset time) : Activity(actor, session, time)
{
    public override LogSource Source { get; } = e.Act switch
    {
        SystemAct.Ptrace or SystemAct.OpenProcess => new(product, "process_access"),
        SystemAct.CreateRemoteThread => new(product, "create_remote_thread"),
        SystemAct.LoadModule => new(product, "driver_load"),
        SystemAct.CreateMemoryFile => new("canary", "memfd_create"),
        _ => new("canary", "bpf_load"),
    };

    public override string Type => "process";

    public override string Identity => $"{e.Act} {Stable(e.Detail)} {PathName.Of(Actor.Path)} {PathName.Of(target?.Path ?? "")}";

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.Detail => Text(e.Detail),
        Fields.ImageLoaded => e.Act == SystemAct.LoadModule ? Text(e.Detail) : default,
        Fields.SourceImage => e.Act is SystemAct.Ptrace or SystemAct.OpenProcess or SystemAct.CreateRemoteThread ? Text(Actor.Path) : default,
        // Sysmon's form: what rules compare masks with.
        Fields.GrantedAccess => e.Access == 0 ? default : FieldValue.Of($"0x{e.Access:X}"),
        Fields.TargetImage => Text(target?.Path),
        Fields.TargetProcessId => e.Target.IsNone ? default : FieldValue.Of(e.Target.Pid),
        _ => base.Get(field),
    };
}
