using Canary.Agents;
using Canary.Events;
using Canary.Findings;
using Canary.Rules;
using Canary.Tests.Agents;
using Canary.Watching;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Canary.Tests.Watching;

public sealed class PumpTests : IDisposable
{
    private const string Rules = """
        title: Read
        id: 11111111-1111-4111-8111-111111111111
        name: read_step
        level: low
        logsource: {product: linux, category: file_access}
        detection: {s: {FileName|endswith: /credentials}, condition: s}
        canary: {building_block: true, tests: {fires: [{FileName: /a/credentials}], quiet: [{FileName: /a/b}]}}
        ---
        title: Sent
        id: 22222222-2222-4222-8222-222222222222
        level: high
        logsource: {product: linux, category: network_connection}
        detection: {s: {DestinationPort: 80}, condition: s}
        canary: {near: {within: 5m, after: [read_step]}, tests: {fires: [[{FileName: /a/credentials, logsource: {category: file_access}}, {DestinationPort: 80}]], quiet: [{DestinationPort: 80}]}}
        ---
        title: Blind
        id: 33333333-3333-4333-8333-333333333333
        level: high
        logsource: {product: canary, category: sensor_health}
        detection: {s: {Sensor|contains: ''}, condition: s}
        canary: {tests: {fires: [{Sensor: x}], quiet: [{Reason: x}]}}
        """;

    private static readonly ProcessKey Shell = new(10, 1_000);
    private readonly Scripted _kernel = new("kernel");
    private readonly Scripted _files = new("files");
    private readonly World _world = new();
    private readonly List<Finding> _found = [];
    private readonly List<SensorLoss> _lost = [];
    private bool _full;

    [Fact]
    public void A_file_event_counts_as_before_the_connection_that_came_with_it()
    {
        var pump = Make();
        _kernel.Say(Exec(Shell), new Connected(50, Shell, NetworkProtocol.Tcp, System.Net.IPAddress.Loopback, 80));
        _files.Say(new FileActed(90, Shell with { StartedNs = 0 }, FileAct.Open, "/h/.aws/credentials"));
        pump.Turn();
        Assert.Equal(["Sent"], _found.Select(f => f.Rule.Title));
    }

    [Fact]
    public void A_file_event_of_a_process_not_known_yet_waits_for_it()
    {
        var pump = Make();
        _files.Say(new FileActed(90, Shell with { StartedNs = 0 }, FileAct.Open, "/h/.aws/credentials"));
        pump.Turn();
        _kernel.Say(Exec(Shell), new Connected(95, Shell, NetworkProtocol.Tcp, System.Net.IPAddress.Loopback, 80));
        pump.Turn();
        Assert.Equal(["Sent"], _found.Select(f => f.Rule.Title));
    }

    [Fact]
    public void What_sensors_lose_becomes_an_alert_and_is_told()
    {
        var pump = Make();
        _kernel.Losses.Add(new SensorLoss("kernel", "process", 7));
        Stop(pump);
        Assert.Equal("7", _found.Single().Subject.Get(Field.Named("Count")).ToString());
        Assert.Equal([new SensorLoss("kernel", "process", 7)], _lost);
        Assert.Equal(7, pump.Lost);
    }

    [Fact]
    public void A_finding_that_nobody_can_take_is_a_loss()
    {
        var pump = Make();
        _full = true;
        pump.Say(new HealthReport("x", "y", 1, null, DateTimeOffset.UnixEpoch));
        Stop(pump);
        Assert.Contains(new SensorLoss("alerts", "finding", 1), _lost);
    }

    [Fact]
    public void Who_never_becomes_known_is_counted()
    {
        var pump = Make();
        _files.Say(new FileActed(90, new ProcessKey(99, 0), FileAct.Open, "/x"));
        Stop(pump);
        Assert.Contains(new SensorLoss("pump", "unattributed", 1), _lost);
    }

    public void Dispose()
    {
        _kernel.Dispose();
        _files.Dispose();
    }

    private static void Stop(Pump pump)
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        pump.Run(stopped.Token);
    }

    private static ProcessExecuted Exec(ProcessKey key) => new(40, key, default) { Image = "/bin/sh", Requested = "/bin/sh", Arguments = ["sh"] };

    private Pump Make()
    {
        var load = RuleLoader.Load([new RuleSource("r.yml", Rules)]);
        Assert.Empty(load.Errors);
        var time = new FakeTimeProvider();
        return new Pump([_kernel, _files], _world.Reader, new RuleEngine(load.Book, time), new WallClock(_world, time), time)
        {
            Post = finding =>
            {
                _found.Add(finding);
                return !_full;
            },
            Lose = _lost.Add,
        };
    }

    private sealed class Scripted(string name) : ISensor
    {
        private readonly List<SensorEvent> _events = [];

        public List<SensorLoss> Losses { get; } = [];

        public string Name => name;

        public void Say(params SensorEvent[] events) => _events.AddRange(events);

        public SensorState Start() => new(name, "scripted", null, [], ["process"]);

        public bool Collect(List<SensorEvent> into)
        {
            into.AddRange(_events);
            _events.Clear();
            return false;
        }

        public void CollectLosses(List<SensorLoss> into)
        {
            into.AddRange(Losses);
            Losses.Clear();
        }

        public void Dispose()
        {
        }
    }
}
