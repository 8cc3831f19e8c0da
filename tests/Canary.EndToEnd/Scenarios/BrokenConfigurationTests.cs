using System.Formats.Tar;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Scenarios;

/// <summary>A fault in what the user wrote is told whole: every fault at once, each with its place, exit code 2.</summary>
[Collection(OneMachine.Name)]
public sealed class BrokenConfigurationTests : IDisposable
{
    private const string BrokenRule = """
        title: A rule with faults
        id: 5d9e7f3a-0c0b-4b0e-9a4e-1f6b6a1c2d3e
        status: test
        logsource:
          product: linux
          category: process_creation
        detection:
          selection:
            CommandLine|contians: x
          condition: selection and missing
        level: terrible

        """;

    private readonly World _world = new();

    [Fact]
    public async Task Every_fault_of_canary_yml_is_told_at_once_with_its_place()
    {
        await File.WriteAllTextAsync(_world.Config, """
            alerts:
              console_level: loud
              retention: ninety days
            email:
              hots: mail.example.org
              from: canary@example.org
              to: [ops@example.org]

            """);

        var ran = await CanaryWatch.RunAsync("watch", "--json", "--for", "1s", "--state", _world.State, "--config", _world.Config);

        Assert.Equal(2, ran.ExitCode);
        Assert.Equal([2, 3, 5], Places(ran, _world.Config));
        Assert.Contains("host", ran.Output + ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_is_not_there_is_told_by_name()
    {
        var ran = await CanaryWatch.RunAsync("watch", "--for", "1s", "--state", _world.State, "--config", _world.Config + ".not");

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains(_world.Config + ".not", ran.Output + ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_fault_of_a_rule_is_told_at_once_with_its_place()
    {
        var rule = await BrokenRuleAsync();

        var ran = await CanaryWatch.RunAsync("rules", "check", "--rules", Path.GetDirectoryName(rule)!);

        Assert.Equal(2, ran.ExitCode);
        Assert.Equal([9, 10, 11], Places(ran, rule));
        Assert.Contains("contains", ran.Output + ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_rule_ends_a_strict_watch()
    {
        var rule = await BrokenRuleAsync();
        await File.WriteAllTextAsync(_world.Config, "");

        var ran = await CanaryWatch.RunAsync(
            "watch", "--strict", "--for", "1s", "--state", _world.State, "--config", _world.Config, "--rules", Path.GetDirectoryName(rule)!);

        Assert.Equal(2, ran.ExitCode);
        Assert.Equal([9, 10, 11], Places(ran, rule));
    }

    [Fact]
    public async Task A_broken_rule_is_reported_and_the_others_go_on_watching()
    {
        var rule = await BrokenRuleAsync();
        await File.WriteAllTextAsync(_world.Config, "");
        await using var canary = await CanaryWatch.StartAsync(_world, "--rules", Path.GetDirectoryName(rule)!);

        var report = await canary.WaitForAlertAsync(a => a.Mentions("broken"), TimeSpan.FromSeconds(10), "a report of the broken rule");

        Assert.True(report.Mentions("broken.yml"), report.ToString());
        Assert.Equal(0, await canary.StopAsync());
    }

    [Fact]
    public async Task Rules_that_break_while_Canary_watches_leave_the_old_ones_in_force()
    {
        const string good = """
            title: The mark of a test
            id: 6c1f0a52-93d0-4d0e-8a57-5f6f1d1f7c11
            status: test
            logsource:
              product: linux
              category: process_creation
            detection:
              selection:
                CommandLine|contains: mark-of-a-test
              condition: selection
            level: medium

            """;
        var rule = Path.Combine(Directory.CreateDirectory(Path.Combine(_world.Root, "rules")).FullName, "mark.yml");
        await File.WriteAllTextAsync(rule, good);
        await File.WriteAllTextAsync(_world.Config, "");
        await using var canary = await CanaryWatch.StartAsync(_world, "--rules", Path.GetDirectoryName(rule)!);

        await File.WriteAllTextAsync(rule, BrokenRule);
        var report = await canary.WaitForAlertAsync(a => a.Mentions("mark.yml"), TimeSpan.FromSeconds(15), "a report of the refused rules");
        (await Command.RunAsync("/bin/echo", ["mark-of-a-test"], TimeSpan.FromSeconds(10))).Good();

        Assert.True(report.Mentions("old rules stay in force"), report.ToString());
        await canary.WaitForAlertAsync(a => a.CommandLine.Contains("mark-of-a-test", StringComparison.Ordinal), TimeSpan.FromSeconds(10), "an alert of the old rule");
    }

    [Fact]
    public async Task All_of_SigmaHQ_dropped_in_is_counted_and_holds_up_neither_the_rules_that_stand_nor_later_changes()
    {
        const string Mark = """
            title: The mark of a test
            id: 6c1f0a52-93d0-4d0e-8a57-5f6f1d1f7c12
            logsource: {product: linux, category: process_creation}
            detection: {selection: {CommandLine|contains: MARK}, condition: selection}
            level: medium

            """;
        var rules = Directory.CreateDirectory(Path.Combine(_world.Root, "rules")).FullName;
        using (var archive = new GZipStream(File.OpenRead(Path.Combine(Machine.Checkout, "tests/data/sigmahq/rules.tar.gz")), CompressionMode.Decompress))
            await TarFile.ExtractToDirectoryAsync(archive, rules, overwriteFiles: false);
        var own = Path.Combine(rules, "mark.yml");
        await File.WriteAllTextAsync(own, Mark.Replace("MARK", "first-mark", StringComparison.Ordinal));
        await File.WriteAllTextAsync(_world.Config, "");
        await using var canary = await CanaryWatch.StartAsync(_world, "--rules", rules);

        await canary.WaitForAlertAsync(a => a.Mentions("25 refused and 41 not supported at start"), TimeSpan.FromSeconds(10), "a count of the refused rules");
        (await Command.RunAsync("/bin/echo", ["first-mark"], TimeSpan.FromSeconds(10))).Good();
        await canary.WaitForAlertAsync(a => a.CommandLine.Contains("first-mark", StringComparison.Ordinal), TimeSpan.FromSeconds(10), "an alert of the own rule");
        await File.WriteAllTextAsync(own, Mark.Replace("MARK", "second-mark", StringComparison.Ordinal));
        for (int i = 0; i < 20 && !canary.Alerts.Any(a => a.CommandLine.Contains("second-mark", StringComparison.Ordinal)); i++)
        {
            (await Command.RunAsync("/bin/echo", ["second-mark"], TimeSpan.FromSeconds(10))).Good();
            await Task.Delay(500);
        }

        Assert.Contains(canary.Alerts, a => a.CommandLine.Contains("second-mark", StringComparison.Ordinal));
    }

    public void Dispose() => _world.Dispose();

    private async Task<string> BrokenRuleAsync()
    {
        var rule = Path.Combine(Directory.CreateDirectory(Path.Combine(_world.Root, "rules")).FullName, "broken.yml");
        await File.WriteAllTextAsync(rule, BrokenRule);
        return rule;
    }

    /// <summary>The lines of <paramref name="file"/> that are named as <c>file:line:column</c>, in order.</summary>
    private static IEnumerable<int> Places(Ran ran, string file) =>
        Regex.Matches(ran.Output + ran.Errors, Regex.Escape(file) + @":(\d+):\d+")
            .Select(m => int.Parse(m.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)).Distinct().Order();
}
