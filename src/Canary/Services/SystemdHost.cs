using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Canary.Sensors.Proc;

namespace Canary.Services;

/// <summary>Canary as a unit of systemd.</summary>
/// <param name="root">Where the system's files begin; <c>/</c> but in tests.</param>
[SupportedOSPlatform("linux")]
internal sealed class SystemdHost(string root = "/", string? program = null, Systemctl? manager = null) : IServiceHost
{
    private const string State = "/var/lib/canary";
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string _program = program ?? Environment.ProcessPath ?? SystemdUnit.Program;
    private readonly Systemctl _systemctl = manager ?? new Systemctl();

    public string Name => "systemd";

    public string? Lack => !Directory.Exists(At("/run/systemd/system"))
        ? "this system was not started by systemd: start `canary daemon` by what starts programs here, with the rights that docs/service.md names"
        : Environment.IsPrivilegedProcess ? null : "a service of the system is root's to change: sudo canary service …";

    /// <summary>What the package's link leads to, which is what the kernel names a program that was started by it.</summary>
    private string? PackagedProgram => File.Exists(At(SystemdUnit.Program)) ? File.ResolveLinkTarget(At(SystemdUnit.Program), returnFinalTarget: true)?.FullName : null;

    private string Packaged => At("/usr/lib/systemd/system/" + SystemdUnit.Name);

    private string Own => At("/etc/systemd/system/" + SystemdUnit.Name);

    private string DropIn => At($"/etc/systemd/system/{SystemdUnit.Name}.d/10-program.conf");

    public ServicePlan Install()
    {
        if (IsForeign(Own) is { } foreign)
            return new([], foreign);
        if (IsForeign(DropIn) is { } other)
            return new([], other);
        var steps = new List<ServiceStep>();
        bool packaged = File.Exists(Packaged);
        if (packaged)
            steps.Add(new($"keep {Packaged}, which the package brought"));
        else
            steps.Add(Put(Own, SystemdUnit.Text));
        string? refusal = null;
        if (_program == SystemdUnit.Program || _program == PackagedProgram)
        {
            steps.AddRange(Take(DropIn));
        }
        else
        {
            refusal = Distrust();
            steps.Add(Put(DropIn, SystemdUnit.ProgramAt(_program)));
        }

        steps.Add(new($"rights: root without all capabilities but {string.Join(", ", SystemdUnit.Capabilities)}; the system's files and homes are read-only to it (docs/service.md)"));
        steps.Add(new($"state: systemd makes {At(State)} at the start, mode 0700, root's"));
        steps.Add(new($"configuration: {At("/etc/canary/canary.yml")} where there is one; it is not made or changed"));
        steps.Add(new("let systemd read its units again: systemctl daemon-reload", () => _systemctl.Must("daemon-reload")));
        steps.Add(new("start it now and at every start of the system: systemctl enable canary.service, systemctl restart canary.service", () =>
        {
            _systemctl.Must("enable", SystemdUnit.Name);
            _systemctl.Must("restart", SystemdUnit.Name);
        }));
        return new(steps, refusal);
    }

    public ServicePlan Remove(bool purge)
    {
        if (IsForeign(Own) is { } foreign)
            return new([], foreign);
        var steps = new List<ServiceStep>();
        bool there = File.Exists(Own) || File.Exists(Packaged);
        steps.Add(there
            ? new("stop it, and start it no more: systemctl disable --now canary.service", () => _systemctl.Must("disable", "--now", SystemdUnit.Name))
            : new("no unit is installed: nothing to stop"));
        steps.AddRange(Take(DropIn));
        steps.AddRange(Take(Own));
        if (File.Exists(Packaged))
            steps.Add(new($"keep {Packaged}: the package is its owner (apt remove canary)"));
        if (there)
            steps.Add(new("let systemd read its units again: systemctl daemon-reload", () => _systemctl.Must("daemon-reload")));
        string state = At(State);
        if (!Directory.Exists(state))
            return new(steps);
        steps.Add(purge
            ? new($"delete {state} with all stored alerts", () => Directory.Delete(state, recursive: true))
            : new($"keep {state} with the stored alerts (--purge deletes it)"));
        return new(steps);
    }

    public ServiceState Ask()
    {
        var told = _systemctl.Show(SystemdUnit.Name, "LoadState", "UnitFileState", "ActiveState", "SubState", "Result", "MainPID",
            "ExecMainStartTimestamp", "ExecMainExitTimestamp", "ExecMainCode", "ExecMainStatus", "FragmentPath");
        if (told.GetValueOrDefault("LoadState") is not "loaded")
            return new(false, false, false, $"not installed ({told.GetValueOrDefault("LoadState", "unknown")})");
        bool running = told.GetValueOrDefault("ActiveState") is "active" or "reloading";
        int pid = int.TryParse(told.GetValueOrDefault("MainPID"), CultureInfo.InvariantCulture, out int number) ? number : 0;
        // CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3 of siginfo(3); 0 before any run ended.
        bool ended = told.GetValueOrDefault("ExecMainCode") is "1" or "2" or "3";
        int? code = ended && int.TryParse(told.GetValueOrDefault("ExecMainStatus"), CultureInfo.InvariantCulture, out int status)
            ? told["ExecMainCode"] == "1" ? status : 128 + status : null;
        string result = told.GetValueOrDefault("Result") is { Length: > 0 } and not "success" ? $"; last result: {told["Result"]}" : "";
        return new(
            true, told.GetValueOrDefault("UnitFileState") is "enabled" or "enabled-runtime", running,
            $"{told.GetValueOrDefault("ActiveState")} ({told.GetValueOrDefault("SubState")}){result}", pid > 0 ? pid : null,
            Systemctl.Time(told.GetValueOrDefault(running ? "ExecMainStartTimestamp" : "ExecMainExitTimestamp")), code, told.GetValueOrDefault("FragmentPath"));
    }

    private string At(string path) => root == "/" ? path : Path.Join(root, path);

    private static string? IsForeign(string path) => File.Exists(path) && !SystemdUnit.IsOurs(File.ReadAllText(path))
        ? $"{path} is there and was not made by canary: it is left alone. Move it away, or put what it changes into a drop-in (systemctl edit canary)" : null;

    private static ServiceStep Put(string path, string text) => File.Exists(path) && File.ReadAllText(path) == text
        ? new($"keep {path}: it is as it should be")
        : new($"write {path} (mode 0644, root's)", () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Sensors.Hosting.DurableFile.Write(path, text);
            File.SetUnixFileMode(path, ForAll);
        });

    private static IEnumerable<ServiceStep> Take(string path) => File.Exists(path) && SystemdUnit.IsOurs(File.ReadAllText(path))
        ? [new($"delete {path}", () => File.Delete(path))] : [];

    /// <summary>Root is to run it at every start: whoever can change it would be root.</summary>
    private string? Distrust()
    {
        const string Way = "sudo install -D -t /usr/local/lib/canary canary canary-avx*.so, then sudo /usr/local/lib/canary/canary service install; or install the .deb of ./dev publish";
        if (RuntimeFeature.IsDynamicCodeSupported)
            return $"{_program} is a build for developers, which compiles itself as it runs, and the unit forbids that. Use the program of ./dev publish: {Way}";
        for (string? path = _program; path is not null; path = Path.GetDirectoryName(path))
        {
            if (FileTrust.Distrust(path) is { } reason)
                return $"root would run {_program} at every start, and {path} may be changed by others: {reason}. Put it where only root writes: {Way}";
        }

        return null;
    }
}
