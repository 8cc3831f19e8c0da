namespace Canary.Sensors.Etw;

/// <summary>One real-time session: it fills a ring from a thread of its own.</summary>
internal interface IEtwSession : IDisposable
{
    /// <summary><c>process</c> or <c>event</c>: the class under which its losses are told.</summary>
    string Class { get; }

    EtwRing Ring { get; }

    /// <summary>Events that the session itself lost since its start, as last asked for (each second).</summary>
    long Lost { get; }

    /// <summary>Null while it runs; else why not, with the way out.</summary>
    string? Start();

    /// <summary>Whether its thread still takes events: another program can stop a session.</summary>
    bool IsRunning { get; }
}
