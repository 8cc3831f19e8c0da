using System.Globalization;
using Canary.EndToEnd.Cli;
using Canary.EndToEnd.Support;
using Xunit.Abstractions;

namespace Canary.EndToEnd.Scenarios;

/// <summary>Twenty thousand processes in a few seconds: a test suite, a configure script. None may be missed and none may be mistaken for another's child.</summary>
[Collection(OneMachine.Name)]
public sealed class StormTests(Machine machine, ITestOutputHelper output) : IDisposable
{
    private const int Processes = 20_000;
    private const int Every = 39;
    private const int Warmings = 2;

    /// <summary>What the sampled processes alone match.</summary>
    private const string SampleRule = """
        title: A sampled process of the storm
        id: 2f5bb8c4-6a0e-4d6c-9f5b-0d6f7f1f2a11
        status: test
        description: Counts and places processes in a test.
        logsource:
          product: linux
          category: process_creation
        detection:
          selection:
            CommandLine|contains: storm-sample-
          condition: selection
        level: informational

        """;

    private readonly World _world = new();

    [Fact]
    public async Task Twenty_thousand_short_processes_are_all_seen_and_placed()
    {
        var rules = Directory.CreateDirectory(Path.Combine(_world.Root, "rules")).FullName;
        await File.WriteAllTextAsync(Path.Combine(rules, "storm_sample.yml"), SampleRule);
        await File.WriteAllTextAsync(_world.Config, "alerts:\n  console_level: informational\n  rate_limit: {alerts: 100000, per: 1s}\n");
        var record = Path.Combine(_world.Root, "events.ndjson");
        await using var canary = await CanaryWatch.StartAsync(_world, "--rules", rules, "--record", record);
        // Two storms bring the tables and the heap to their working size; from then on memory is to stay
        for (var warm = 0; warm < Warmings; warm++)
            await FakeAgent.RunAsync(_world, $"{machine.Native}/storm {Processes} {Processes + 1} > warm.txt\n");
        await Task.Delay(1000);
        var before = canary.ResidentKilobytes();

        // A line after the storm, or bash would become the storm itself instead of being its parent
        using var agent = FakeAgent.Start(_world, $"{machine.Native}/storm {Processes} {Every} > placed.txt\ntrue\n");
        (await agent.EndAsync(TimeSpan.FromMinutes(1))).Good();

        var placed = File.ReadLines(Path.Combine(_world.Work, "placed.txt")).Select(l => l.Split(' '))
            .ToDictionary(p => p[0], p => p[1..].Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray());
        Assert.True(placed.Count >= 500, $"only {placed.Count} samples");
        await Until.TrueAsync(() => Samples(canary).Count >= placed.Count, TimeSpan.FromSeconds(20), $"an alert for each of {placed.Count} samples");
        var after = canary.ResidentKilobytes();
        output.WriteLine($"{placed.Count} samples; resident {before} KiB before, {after} KiB after");

        foreach (var (name, alert) in Samples(canary))
        {
            Assert.Equal(placed[name][0], alert.Pid);
            Assert.Equal([.. placed[name][1..], agent.Pid], alert.AncestorPids.Take(3));
            Assert.Equal(FakeAgent.Name, alert.Agent);
        }

        Assert.DoesNotContain(canary.Lines, l => l.Kind == "lost");
        Assert.InRange(after - before, int.MinValue, 16 * 1024);
        Assert.Equal(0, await canary.StopAsync());
        var summary = canary.Lines.Last(l => l.Kind == "summary").Json;
        Assert.Equal(0, summary.GetProperty("lost").GetInt64());
        var executed = File.ReadLines(record).Count(l => l.Contains("\"process_creation\"", StringComparison.Ordinal) && l.Contains("/bin/true\"", StringComparison.Ordinal) && l.Contains($"\"ParentImage\":\"{machine.Native}/storm\"", StringComparison.Ordinal));
        Assert.Equal((Warmings + 1) * Processes, executed);
    }

    public void Dispose() => _world.Dispose();

    private static Dictionary<string, SeenAlert> Samples(CanaryWatch canary) =>
        canary.Alerts.Where(a => a.CommandLine.Contains("storm-sample-", StringComparison.Ordinal))
            .GroupBy(a => a.CommandLine.Split(' ').Last()).ToDictionary(g => g.Key, g => g.First());
}
