using Canary.Agents;
using Canary.Events;
using Canary.Findings;
using Canary.Rules;
using Canary.Sensors.Etw;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Canary.Tests.Sensors.Etw;

public sealed class EtwSensorTests : IDisposable
{
    private readonly RingSession _processes = new("process", 4 << 20), _rest = new("event", 64 << 20);
    private readonly SetClock _clock = new();
    private readonly EtwState _state = new(new DeviceMap([new(@"\Device\HarddiskVolume3", "C:")]), new WindowsInterest([], []));
    private readonly EtwSensor _sensor;

    public EtwSensorTests()
    {
        _state.Clock.BootFileTime = EtwStream.Boot;
        _sensor = new EtwSensor(_processes, _rest, new EtwDecoders(_state), _clock);
    }

    [Fact]
    public void A_hundred_thousand_events_go_through_decoders_lineage_and_rules_and_none_is_lost()
    {
        var stream = new EtwStream(1);
        var events = stream.Of(100_000);
        var probe = new NobodyThere();
        var clock = new WallClock(_clock, new FakeTimeProvider());
        var reader = new ActivityReader(
            new ProcessTable(clock, probe, ExecutableIdentity.OfPrograms([])), new Sessions([], [], probe), Catalogue.Of([]), clock, "windows");
        var engine = new RuleEngine(RuleLoader.Load(RuleSources.BuiltIn()).Book, new FakeTimeProvider());
        var (taken, findings, sources) = (new List<SensorEvent>(), new List<Finding>(), new Dictionary<string, int>());
        int starts = 0, of = 0, inAgent = 0;
        while (of < events.Count || !_processes.Ring.IsEmpty || !_rest.Ring.IsEmpty)
        {
            for (int i = 0; i < 500 && of < events.Count; i++, of++)
            {
                var (isProcess, header, payload) = events[of];
                Assert.True((isProcess ? _processes : _rest).Ring.TryWrite(header, payload));
                _clock.Ns = header.AtNs;
            }

            if (of == events.Count)
                _clock.Ns += 1_000_000_000;
            _sensor.Collect(taken);
            foreach (var e in taken)
            {
                starts += e is ProcessExecuted ? 1 : 0;
                if (reader.Read(e) is not { } activity)
                    continue;
                sources[activity.Source.Category!] = sources.GetValueOrDefault(activity.Source.Category!) + 1;
                inAgent += activity.Session?.Profile.Name == "claude-code" ? 1 : 0;
                engine.Evaluate(activity, findings);
            }

            taken.Clear();
        }

        var losses = new List<SensorLoss>();
        _sensor.CollectLosses(losses);
        Assert.Empty(losses);
        Assert.Equal(stream.Starts, starts);
        Assert.Equal(0, reader.Unattributed);
        Assert.Equal(sources.Values.Sum(), inAgent);
        Assert.Superset(new HashSet<string> { "process_creation", "image_load", "file_event", "registry_set", "network_connection", "dns_query", "ps_script" }, sources.Keys.ToHashSet());
        Assert.DoesNotContain(findings, f => f.Rule.Level >= Level.High);
    }

    [Fact]
    public void An_event_waits_for_an_older_one_of_the_other_session()
    {
        var events = new EtwStream(2).Of(60);
        var taken = new List<SensorEvent>();
        // The rest's session was flushed first, as happens.
        foreach (var (_, header, payload) in events.Where(e => !e.IsProcess))
            _rest.Ring.TryWrite(header, payload);
        _clock.Ns = events[^1].Header.AtNs;
        _sensor.Collect(taken);
        Assert.Empty(taken);
        foreach (var (_, header, payload) in events.Where(e => e.IsProcess))
            _processes.Ring.TryWrite(header, payload);
        _clock.Ns += 1_000_000_000;
        _sensor.Collect(taken);
        _sensor.Collect(taken);
        var started = new HashSet<ProcessKey>();
        foreach (var e in taken)
        {
            if (e is ProcessExecuted)
                started.Add(e.Actor);
            Assert.Contains(e.Actor, started);
        }

        Assert.True(taken.Count > 20, $"{taken.Count} events");
    }

    [Fact]
    public void What_found_no_room_what_a_session_lost_and_what_could_not_be_read_is_told_once()
    {
        using var small = new RingSession("event", 4096) { Lost = 7 };
        using var sensor = new EtwSensor(_processes, small, new EtwDecoders(_state), _clock);
        var header = new EtwHeader(EtwProvider.KernelFile, 12, 1, 0, 1, 2, 5, 8);
        int fitted = 0;
        while (small.Ring.TryWrite(header, new byte[10]))
            fitted++;
        small.Ring.TryWrite(header, new byte[10]);
        _clock.Ns = 1_000_000_000;
        sensor.Collect([]);
        var losses = new List<SensorLoss>();
        sensor.CollectLosses(losses);
        Assert.Equal(7 + 2, losses.Where(l => l.Class == "event").Sum(l => l.Count));
        Assert.Equal(fitted, losses.Where(l => l.Class == "malformed").Sum(l => l.Count));
        losses.Clear();
        sensor.CollectLosses(losses);
        Assert.Empty(losses);
    }

    [Fact]
    public void A_session_that_another_stopped_is_told_once()
    {
        _sensor.Start();
        _rest.IsRunning = false;
        var losses = new List<SensorLoss>();
        _sensor.CollectLosses(losses);
        _sensor.CollectLosses(losses);
        Assert.Equal("session stopped by another", Assert.Single(losses).Class);
    }

    [Fact]
    public void Without_the_second_session_processes_are_still_seen_and_what_is_not_is_said()
    {
        var state = new EtwSensor(_processes, new RingSession("event", 4096, "no room for another logger"), new EtwDecoders(_state), _clock).Start();
        Assert.Equal(EtwWords.ProcessTier, state.Tier);
        Assert.Equal(["process"], state.Classes);
        Assert.Equal("no room for another logger", state.Unavailable);
        Assert.Null(new EtwSensor(new RingSession("process", 4096, EtwWords.Administrator), _rest, new EtwDecoders(_state), _clock).Start().Tier);
    }

    public void Dispose()
    {
        _sensor.Dispose();
        _processes.Dispose();
        _rest.Dispose();
    }
}
