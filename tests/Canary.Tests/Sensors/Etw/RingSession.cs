using Canary.Events;
using Canary.Sensors.Etw;

namespace Canary.Tests.Sensors.Etw;

/// <summary>A session whose events a test writes.</summary>
internal sealed class RingSession(string lossClass, int ringBytes, string? refuses = null) : IEtwSession
{
    public string Class => lossClass;

    public EtwRing Ring { get; } = new(ringBytes);

    public long Lost { get; set; }

    public bool IsRunning { get; set; } = true;

    public string? Start() => refuses;

    public void Dispose() => IsRunning = false;
}

/// <summary>A clock that stands until a test sets it.</summary>
internal sealed class SetClock : IBootClock
{
    public long Ns { get; set; }

    public long NowNs() => Ns;
}

/// <summary>A system that knows no process but those that events told of.</summary>
internal sealed class NobodyThere : IProcessProbe
{
    public string? Variable(int pid, string name) => null;

    public string UserName(uint uid) => "nobody";

    public ProcessExecuted? Describe(int pid) => null;
}
