using Canary.Events;

namespace Canary.Agents;

/// <summary>A live, or just ended, process: its present image and the session it belongs to.</summary>
public sealed class ProcessNode(ProcessKey key, ProcessImage image, AgentSession? session)
{
    private AgentSession? _session = Entered(session);

    public ProcessKey Key { get; } = key;
    public ProcessImage Image { get; set; } = image;

    /// <summary>Boot time of its end, 0 while it lives.</summary>
    public long EndedNs { get; private set; }

    /// <summary>Kept past the end, for events that come late. Sessions count their living.</summary>
    public AgentSession? Session
    {
        get => _session;
        set
        {
            if (ReferenceEquals(_session, value))
                return;
            if (EndedNs == 0)
            {
                if (_session is not null)
                    _session.Living--;
                Entered(value);
            }

            _session = value;
        }
    }

    public void End(long atNs)
    {
        EndedNs = Math.Max(1, atNs);
        if (_session is not null)
            _session.Living--;
    }

    private static AgentSession? Entered(AgentSession? session)
    {
        if (session is not null)
            session.Living++;
        return session;
    }
}
