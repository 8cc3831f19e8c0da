using System.Diagnostics;
using System.Runtime.Versioning;
using Canary.Services;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Services;

/// <summary>A system of directories, and a systemctl that writes down what it is asked.</summary>
[SupportedOSPlatform("linux")]
public sealed class SystemdHostTests : IDisposable
{
    private const string Own = "etc/systemd/system/canary.service";
    private const string DropIn = "etc/systemd/system/canary.service.d/10-program.conf";

    private readonly TemporaryDirectory _system = new();

    public SystemdHostTests()
    {
        File.WriteAllText(Systemctl, $"""
            #!/bin/sh
            echo "$@" >> {Asked}
            [ -e {_system.At("fails")} ] && [ "$3" = enable ] && echo 'no such unit' >&2 && exit 1
            [ "$3" = show ] && cat {_system.At("shown")}
            exit 0

            """);
        File.SetUnixFileMode(Systemctl, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Systemctl => _system.At("systemctl");

    private string Asked => _system.At("asked");

    public void Dispose() => _system.Dispose();

    [Fact]
    public void A_plan_changes_nothing()
    {
        string before = Tree();
        Assert.NotEmpty(Host().Install().Steps);
        Assert.NotEmpty(Host().Remove(purge: true).Steps);
        Assert.Equal(before, Tree());
    }

    [Fact]
    public void An_installation_writes_the_unit_and_asks_systemd_in_order_and_is_the_same_a_second_time()
    {
        Do(Host().Install());
        Assert.Equal(SystemdUnit.Text, File.ReadAllText(_system.At(Own)));
        Assert.Equal(["daemon-reload", "enable canary.service", "restart canary.service"], AskedOf());
        var again = Host().Install();
        Assert.StartsWith("keep ", again.Steps[0].Words, StringComparison.Ordinal);
        Do(again);
        Assert.Equal(SystemdUnit.Text, File.ReadAllText(_system.At(Own)));
    }

    [Fact]
    public void Where_the_package_brought_the_unit_none_is_written()
    {
        Write("usr/lib/systemd/system/canary.service", SystemdUnit.Text);
        Do(Host().Install());
        Assert.False(File.Exists(_system.At(Own)));
        Do(Host().Remove(purge: false));
        Assert.True(File.Exists(_system.At("usr/lib/systemd/system/canary.service")));
        Assert.Contains("disable --now canary.service", AskedOf());
    }

    [Theory]
    [InlineData(Own)]
    [InlineData(DropIn)]
    public void What_is_not_ours_is_left_alone(string file)
    {
        Write(file, "[Service]\nExecStart=/bin/true\n");
        var plan = Host().Install();
        Assert.Contains("was not made by canary", plan.Refusal, StringComparison.Ordinal);
        Assert.Empty(plan.Steps);
        if (file == Own)
            Assert.NotNull(Host().Remove(purge: true).Refusal);
        else
            Do(Host().Remove(purge: true));
        Assert.Equal("[Service]\nExecStart=/bin/true\n", File.ReadAllText(_system.At(file)));
    }

    [Fact]
    public void A_removal_keeps_the_state_unless_it_is_to_go()
    {
        Write("var/lib/canary/alerts.db", "x");
        Do(Host().Install());
        Do(Host().Remove(purge: false));
        Assert.False(File.Exists(_system.At(Own)));
        Assert.True(File.Exists(_system.At("var/lib/canary/alerts.db")));
        Do(Host().Remove(purge: true));
        Assert.False(Directory.Exists(_system.At("var/lib/canary")));
    }

    [Fact]
    public void A_program_that_compiles_itself_as_it_runs_is_refused_with_the_way_out() =>
        Assert.Contains("./dev publish", new SystemdHost(_system.Path, "/usr/local/bin/canary", new Systemctl(Systemctl)).Install().Refusal, StringComparison.Ordinal);

    [Fact]
    public void A_systemctl_that_fails_is_told_with_its_words()
    {
        Write("fails", "");
        var failure = Assert.Throws<ServiceException>(() => Do(Host().Install()));
        Assert.Contains("systemctl enable canary.service failed: no such unit", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LoadState=not-found\nActiveState=inactive\n", false, false, false, null, null)]
    [InlineData("LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nSubState=running\nMainPID=42\nExecMainCode=0\nExecMainStatus=0\nExecMainStartTimestamp=Sat 2026-11-28 09:00:00 UTC\n", true, true, true, null, "2026-11-28T09:00:00")]
    [InlineData("LoadState=loaded\nUnitFileState=disabled\nActiveState=failed\nSubState=failed\nResult=exit-code\nMainPID=0\nExecMainCode=1\nExecMainStatus=5\nExecMainExitTimestamp=Sat 2026-11-28 10:00:00 UTC\n", true, false, false, 5, "2026-11-28T10:00:00")]
    [InlineData("LoadState=loaded\nUnitFileState=enabled\nActiveState=activating\nSubState=auto-restart\nMainPID=0\nExecMainCode=2\nExecMainStatus=9\n", true, true, false, 137, null)]
    public void What_systemd_says_is_read(string shown, bool installed, bool enabled, bool running, int? code, string? since)
    {
        Write("shown", shown);
        var state = Host().Ask();
        Assert.Equal((installed, enabled, running, code), (state.IsInstalled, state.IsEnabled, state.IsRunning, state.ExitCode));
        Assert.Equal(since, state.Since?.UtcDateTime.ToString("s"));
    }

    [Fact]
    public void A_drop_in_for_a_program_elsewhere_is_ours_and_survives_odd_paths()
    {
        string text = SystemdUnit.ProgramAt("/opt/a b/100%/$x/canary");
        Assert.True(SystemdUnit.IsOurs(text));
        Assert.Contains("ExecStart=\"/opt/a b/100%%/$$x/canary\" daemon", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_unit_is_ours_and_names_what_it_keeps()
    {
        Assert.True(SystemdUnit.IsOurs(SystemdUnit.Text));
        Assert.Contains("CAP_SYS_ADMIN", SystemdUnit.Capabilities);
        string page = File.ReadAllText(Checkout.At("docs/service.md"));
        Assert.All(SystemdUnit.Capabilities, c => Assert.Contains($"`{c}`", page, StringComparison.Ordinal));
    }

    private SystemdHost Host() => new(_system.Path, SystemdUnit.Program, new Systemctl(Systemctl));

    private static void Do(ServicePlan plan)
    {
        Assert.Null(plan.Refusal);
        foreach (var step in plan.Steps)
            step.Run();
    }

    private string[] AskedOf() => [.. File.ReadAllLines(Asked).Select(l => l.Replace("--no-pager --no-ask-password ", "", StringComparison.Ordinal))];

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_system.At(path))!);
        File.WriteAllText(_system.At(path), text);
    }

    private string Tree()
    {
        using var find = Process.Start(new ProcessStartInfo("find", [_system.Path, "-printf", "%p %s %m %T@\n"]) { RedirectStandardOutput = true })!;
        return find.StandardOutput.ReadToEnd();
    }
}
