using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Canary.Models.Gating;
using Canary.Models.Hashing;
using Canary.Models.Locking;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Kernel.Tests.Gating;

/// <summary>A directory of models, and <c>canary model guard</c> over it as a process of its own.</summary>
public sealed class GuardWorld : IDisposable
{
    private readonly List<Process> _guards = [];

    public GateWorld Files { get; } = new();

    public static string Program => Path.Combine(AppContext.BaseDirectory, "canary");

    public string At(string relative) => Files.At(relative);

    public string LockFile => At("models.lock");

    public void Lock(params GatedFile[] files) => LockStore.Write(LockFile, Made(files));

    public ModelLock Made(params GatedFile[] files) => new(TimeProvider.System.GetUtcNow(), ".", [.. files.Select(Locked)]);

    /// <summary>A file of zeros that takes no room on the disk, and its digests.</summary>
    public GatedFile Sparse(string relative, int mebibytes)
    {
        long size = (long)mebibytes << 20;
        using (var file = File.Create(At(relative)))
            file.SetLength(size);
        byte[] zeros = new byte[ChunkTable.ChunkBytes];
        byte[] digests = new byte[mebibytes * 32];
        Parallel.For(0, mebibytes, i => ChunkTable.Digest(size, i, zeros, digests.AsSpan(i * 32, 32)));
        return new GatedFile(At(relative), size, new string('0', 64), new ChunkTable(size, digests), [], "gguf", "allow", "first-seen");
    }

    /// <summary>Starts a guard, and waits until it stands.</summary>
    public Process Guard(string options = "", string state = "state")
    {
        string number = _guards.Count.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", $"exec {Program} model guard models --lock models.lock --state {state} --json {options} > guard.out 2> guard.err"])
        {
            WorkingDirectory = Files.Root,
            RedirectStandardInput = true,
        };
        File.Delete(At("guard.out"));
        var guard = Process.Start(start)!;
        _guards.Add(guard);
        Wait(() => guard.HasExited || Said("ready"), $"guard {number} does not stand");
        Assert.False(guard.HasExited, File.ReadAllText(At("guard.err")));
        return guard;
    }

    /// <summary>Starts a daemon whose gate stands before the same directory, and waits until it is ready.</summary>
    /// <param name="models">One more line of the section <c>models:</c>.</param>
    public Process Daemon(string models, string environment = "")
    {
        File.WriteAllText(At("canary.yml"), $$"""
            models:
              guard: [models]
              lock: models.lock
              policy: deny-unknown
              {{models}}
            """);
        // Whoever runs the tests may ignore SIGHUP, as nohup does, and a program keeps to that.
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", $"exec env --default-signal {environment} {Program} daemon --json --state state --config canary.yml > guard.out 2> guard.err"])
        {
            WorkingDirectory = Files.Root,
            RedirectStandardInput = true,
        };
        var daemon = Process.Start(start)!;
        _guards.Add(daemon);
        Wait(() => daemon.HasExited || Said("\"ready\""), "the daemon is not ready");
        Assert.False(daemon.HasExited, File.ReadAllText(At("guard.err")));
        return daemon;
    }

    /// <summary>Ends the daemon as a service manager does, and gives all that it said.</summary>
    public List<JsonElement> EndDaemon(Process daemon)
    {
        Files.Act($"kill -TERM {daemon.Id}");
        Assert.True(daemon.WaitForExit(TimeSpan.FromSeconds(30)), "the daemon did not end");
        Assert.True(daemon.ExitCode == 0, $"exit code {daemon.ExitCode}: {File.ReadAllText(At("guard.err"))}");
        return [.. File.ReadLines(At("guard.out")).Select(l => JsonDocument.Parse(l).RootElement)];
    }

    public string Out => File.Exists(At("guard.out")) ? File.ReadAllText(At("guard.out")) : "";

    /// <summary>Whether the guard has written these words on its output.</summary>
    public bool Said(string words) => Out.Contains(words, StringComparison.Ordinal);

    public void AwaitSaid(string words) => Wait(() => Said(words), () => $"was not said: {words}; but: {Out}");

    /// <summary>Ends the guard in order, and gives all that it said.</summary>
    public List<JsonElement> End(Process guard, int code = 0)
    {
        Files.Act($"kill -INT {guard.Id}");
        Assert.True(guard.WaitForExit(TimeSpan.FromSeconds(30)), "the guard did not end");
        Assert.True(guard.ExitCode == code, $"exit code {guard.ExitCode}: {File.ReadAllText(At("guard.err"))}");
        return [.. File.ReadLines(At("guard.out")).Select(l => JsonDocument.Parse(l).RootElement)];
    }

    /// <summary>The process in which a guard has its gate, where it starts that again when it dies.</summary>
    public Process Worker(Process guard)
    {
        int[] children = [];
        Wait(() => (children = Children(guard)).Length > 0, "there is no worker");
        var worker = Process.GetProcessById(children[0]);
        _guards.Add(worker);
        return worker;
    }

    /// <summary>Kills the process that judges while somebody waits for it, and sees that all is refused until the next one stands.</summary>
    /// <param name="waited">Nobody has opened it before.</param>
    /// <param name="compared">It is sealed by then, and so can be read with or without a gate.</param>
    public void KillUnderDeny(Process guard, GatedFile waited, GatedFile compared)
    {
        const string Whole = "blocks 4 failed 0 first -1 errno 0", Refused = "open errno 1";
        string Read(GatedFile file) => Files.Load("read", Path.GetRelativePath(Files.Root, file.Path));
        var worker = Worker(guard);
        Assert.Equal(Whole, Read(compared));
        Wait(() => FileSeal.IsOn(compared.Path));
        // Stopped, it has neither read the question nor answered it.
        Stop(worker);
        var waits = Begin("read", Path.GetRelativePath(Files.Root, waited.Path));
        Assert.False(waits.WaitForExit(TimeSpan.FromSeconds(1)));
        worker.Kill();
        Assert.Equal(Refused, Printed(waits));
        // The kernel answers for what cannot have changed.
        Assert.Equal(Whole, Read(compared));
        string meanwhile = Read(waited);
        AwaitSaid("the gate stands again");
        Assert.Equal(Refused, meanwhile);
        Assert.Equal(Whole, Read(waited));
        Assert.Equal(Whole, Read(compared));
        Assert.NotEqual(worker.Id, Worker(guard).Id);
    }

    /// <summary>From the return on no thread of it answers anything: the signal alone is on its way for a while.</summary>
    public void Stop(Process process)
    {
        Files.Act($"kill -STOP {process.Id}");
        Wait(() => Directory.EnumerateFiles($"/proc/{process.Id}/task", "stat", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .All(static stat => File.ReadAllText(stat) is var text && text[text.LastIndexOf(')') + 2] == 'T'), "it was not stopped");
    }

    /// <summary>Starts a loader that may have to wait.</summary>
    public Process Begin(string how, string relative)
    {
        var loader = Process.Start(new ProcessStartInfo(At("elsewhere/model-reads"), [how, relative]) { WorkingDirectory = Files.Root, RedirectStandardOutput = true })!;
        _guards.Add(loader);
        return loader;
    }

    /// <summary>What a loader printed, which must come to its end.</summary>
    public static string Printed(Process loader)
    {
        Assert.True(loader.WaitForExit(TimeSpan.FromSeconds(20)), "the loader hangs");
        return loader.StandardOutput.ReadToEnd().Trim();
    }

    public static void Wait(Func<bool> condition, string otherwise = "nothing came of it") => Wait(condition, () => otherwise);

    private static void Wait(Func<bool> condition, Func<string> otherwise)
    {
        var began = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(began.Elapsed < TimeSpan.FromSeconds(40), otherwise());
            Thread.Sleep(50);
        }
    }

    public void Dispose()
    {
        foreach (var process in _guards)
        {
            foreach (int child in process.HasExited ? [] : Children(process))
                Files.Act($"kill -KILL {child} 2>/dev/null || true");
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }

        Files.Dispose();
    }

    private int[] Children(Process parent) =>
        [.. Files.Output($"pgrep -P {parent.Id} || true").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => int.Parse(l, CultureInfo.InvariantCulture))];

    private LockedFile Locked(GatedFile file) => new(Path.GetRelativePath(Files.Root, file.Path), file.Size, file.Sha256, file.Chunks)
    {
        Format = file.Format,
        Tensors = [.. file.Tensors.Select(t => new LockedTensor(t.Name, t.Type, t.Offset, Math.Min(t.Length, file.Size - t.Offset), file.Sha256))],
    };
}
