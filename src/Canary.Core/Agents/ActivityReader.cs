using Canary.Agents.Portable;
using Canary.Events;

namespace Canary.Agents;

/// <summary>Turns what sensors saw into what was done, by whom and for which agent. One thread owns it and all that it keeps.</summary>
/// <param name="product">The operating system in Sigma's words: <c>linux</c>, <c>windows</c>.</param>
public sealed class ActivityReader(ProcessTable table, Sessions sessions, Catalogue catalogue, WallClock clock, string product = "linux")
{
    private readonly AnsweredNames _names = new();

    // Programs of Windows say who made them; those of Linux do not.
    private readonly PortableFiles? _files = product == "windows" ? new() : null;

    public Catalogue Catalogue { get; set; } = catalogue;

    public ProcessTable Table => table;

    public Sessions Sessions { get; } = sessions;

    /// <summary>File and network events whose process was gone before anything was known of it.</summary>
    public long Unattributed { get; private set; }

    /// <summary>The activity for rules to see; null where the event only moves the tables.</summary>
    public Activity? Read(SensorEvent e)
    {
        switch (e)
        {
            case ProcessForked forked:
                if (table.Forked(forked) is { } child)
                    Sessions.Follow(child, forked.Session);
                return null;
            case ProcessExited exited:
                if (table.Ended(exited) is { } ended)
                    Sessions.Ended(ended);
                return null;
            case ProcessExecuted executed:
                return Executed(executed);
            default:
                return Acted(e);
        }
    }

    private ProcessActivity? Executed(ProcessExecuted e)
    {
        if (e.AlreadyRunning && table.Find(e.Actor) is not null)
            return null;
        var node = table.Executed(e, Catalogue, out var whole);
        Sessions.Executed(node, e);
        // What was running before Canary came is lineage, not news.
        return e.AlreadyRunning ? null : new ProcessActivity(product, _files, whole, node.Session, clock.At(e.AtNs));
    }

    private Activity? Acted(SensorEvent e)
    {
        var node = table.Find(e.Actor) ?? table.Discover(e.Actor);
        if (node is null)
        {
            Unattributed++;
            return null;
        }

        var at = clock.At(e.AtNs);
        switch (e)
        {
            case FileActed file:
                if (node.Session is { } session)
                    Sessions.FileActed(session, node, file.Path);
                return new FileActivity(file, product, node.Image, node.Session, Earliest(at, node.Image));
            case Connected connected:
                return new NetworkActivity(connected, _names.Of(connected.Address), product, node.Image, node.Session, at);
            case DnsAsked asked:
                return new DnsActivity(asked.Name, asked.QueryType, product, node.Image, node.Session, at) { Server = asked.Server };
            case DnsAnswered answered:
                _names.Add(answered);
                return new DnsActivity(answered.Name, answered.QueryType, product, node.Image, node.Session, at) { Answer = answered };
            case RegistryActed registry:
                return new RegistryActivity(registry, node.Image, node.Session, at);
            case ImageMapped mapped:
                return new ImageLoadActivity(mapped, product, _files, node.Image, node.Session, at);
            case ScriptRun script:
                return new ScriptActivity(script, node.Image, node.Session, at);
            case ModelOpened model:
                return new ModelOpenActivity(model, node.Image, node.Session, at);
            case SystemActed acted:
                return new SystemActivity(acted, product, acted.Target.IsNone ? null : table.Find(acted.Target)?.Image, node.Image, node.Session, at);
            default:
                return null;
        }
    }

    // File events bear the moment at which they were read, a turn of the pump late; a story with the theft behind the sending would
    // puzzle its reader. It cannot have been before the program that did it was started.
    private static DateTimeOffset Earliest(DateTimeOffset read, ProcessImage actor)
    {
        var turnBefore = read - TimeSpan.FromMilliseconds(20);
        return turnBefore > actor.Started ? turnBefore : actor.Started < read ? actor.Started : read;
    }
}
