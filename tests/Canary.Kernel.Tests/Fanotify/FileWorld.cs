using System.Diagnostics;
using Canary.Events;
using Canary.Sensors.Fanotify;
using Xunit;

namespace Canary.Kernel.Tests.Fanotify;

/// <summary>A directory of its own, a running sensor that watches in it, and other processes that act there.</summary>
public sealed class FileWorld : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly List<SensorEvent> _events = [];
    private readonly bool _old;

    /// <param name="old">Report as a kernel before 5.17 does.</param>
    public FileWorld(bool old = false)
    {
        Assert.True(Environment.IsPrivilegedProcess, "kernel tests need root: sudo ./dev test");
        _old = old;
        Root = Directory.CreateTempSubdirectory("canary-files-").FullName;
        Directory.CreateDirectory(Path("secrets"));
        File.WriteAllText(Path("secrets/key"), "k");
        Directory.CreateDirectory(Path("tree"));
        Directory.CreateDirectory(Path("elsewhere"));
    }

    public string Root { get; }

    public FanotifySensor Sensor { get; private set; } = null!;

    public SensorState State { get; private set; } = null!;

    public string Path(string relative) => System.IO.Path.Combine(Root, relative);

    public FileWorld Start(Func<FileWatch, FileWatch>? change = null, TimeProvider? time = null)
    {
        var watch = new FileWatch
        {
            Secrets = [Path("secrets")],
            Changes = [],
            Devices = [],
            SecretNames = [".env", "*.pem"],
        };
        Sensor = new FanotifySensor(change?.Invoke(watch) ?? watch, time) { WithoutRenameEvents = _old };
        State = Sensor.Start();
        Assert.Null(State.Unavailable);
        return this;
    }

    public FileWorld WatchTree(string relative = "tree")
    {
        Sensor.WatchTree(Path(relative));
        Settle();
        return this;
    }

    /// <summary>Collects until nothing is left to read or scan.</summary>
    public void Settle()
    {
        while (Sensor.Collect(_events))
        {
        }
    }

    /// <summary>Runs a shell script in the world's directory and gives what was seen of it, each as `Act path[ > target]` below the root.</summary>
    public IReadOnlyList<string> Seen(string script, params (string Name, string Value)[] environment)
    {
        Act(script, environment);
        return Seen();
    }

    public IReadOnlyList<string> Seen()
    {
        Settle();
        var seen = Events.Select(Brief).ToList();
        _events.Clear();
        return seen;
    }

    public IEnumerable<FileActed> Events => _events.Cast<FileActed>();

    public void Clear() => _events.Clear();

    public int Act(string script, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "set -e; umask 022; " + script]) { WorkingDirectory = Root, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var stderr = process.StandardError;
        string errors = stderr.ReadToEnd();
        Assert.True(process.WaitForExit(Patience * 12), "the script did not end");
        Assert.True(process.ExitCode == 0, $"the script failed: {errors}");
        return process.Id;
    }

    public IReadOnlyList<SensorLoss> Losses()
    {
        var losses = new List<SensorLoss>();
        Sensor.CollectLosses(losses);
        return losses;
    }

    public void Dispose()
    {
        Sensor?.Dispose();
        // not Directory.Delete, which knows no names outside of UTF-8
        Act("rm -rf \"$PWD\"");
    }

    private string Brief(FileActed e) => $"{e.Act} {Below(e.Path)}" + (e.Target is { } target ? $" > {Below(target)}" : "");

    private string Below(string path) => path.StartsWith(Root + "/", StringComparison.Ordinal) ? path[(Root.Length + 1)..] : path;
}
