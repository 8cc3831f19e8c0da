using Canary.Agents;
using Canary.Events;
using Microsoft.Extensions.Time.Testing;

namespace Canary.Tests.Agents;

/// <summary>A machine of one's own: processes that start, exec and end as told, on a clock that stands still.</summary>
internal sealed class World : IBootClock, IProcessProbe, ITagsSessions, IWatchesTrees
{
    private long _nowNs = 1_000_000_000;

    public World()
    {
        var clock = new WallClock(this, new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero)));
        var table = new ProcessTable(clock, this, ExecutableIdentity.OfPrograms([]));
        Sessions = new Sessions([this], [this], this);
        Reader = new ActivityReader(table, Sessions, Catalogue.Of([]), clock);
    }

    public ActivityReader Reader { get; }
    public Sessions Sessions { get; }
    public Dictionary<int, uint> Tags { get; } = [];
    public List<string> Trees { get; } = [];
    public Dictionary<(int Pid, string Name), string> Variables { get; } = [];

    public long NowNs() => _nowNs;

    public void Pass(TimeSpan time) => _nowNs += (long)time.TotalNanoseconds;

    public ProcessKey Fork(ProcessKey parent, int pid)
    {
        var child = new ProcessKey(pid, Tick());
        Reader.Read(new ProcessForked(child.StartedNs, parent, child, 0));
        return child;
    }

    public Activity? Exec(ProcessKey process, string image, string? line = null, uint tag = 0, string directory = "/work", string[]? arguments = null) =>
        Reader.Read(new ProcessExecuted(Tick(), process, default)
        {
            Image = image,
            Requested = image,
            Arguments = arguments ?? (line ?? image).Split(' '),
            CurrentDirectory = directory,
            Session = tag,
        });

    public ProcessKey Start(ProcessKey parent, int pid, string image, string? line = null, uint tag = 0)
    {
        var child = Fork(parent, pid);
        Exec(child, image, line, tag);
        return child;
    }

    public void Exit(ProcessKey process) => Reader.Read(new ProcessExited(Tick(), process, 0));

    public Activity? Open(ProcessKey process, string path) => Reader.Read(new FileActed(Tick(), process, FileAct.Open, path));

    public bool Tag(ProcessKey process, uint session)
    {
        Tags[process.Pid] = session;
        return true;
    }

    public void WatchTree(string directory) => Trees.Add(directory);

    public void ForgetTree(string directory) => Trees.Remove(directory);

    public string? Variable(int pid, string name) => Variables.GetValueOrDefault((pid, name));

    public string UserName(uint uid) => uid == 0 ? "root" : "user";

    public ProcessExecuted? Describe(int pid) => null;

    private long Tick() => _nowNs += 1_000_000;
}
