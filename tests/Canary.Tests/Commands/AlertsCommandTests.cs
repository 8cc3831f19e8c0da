using Canary.Alerts;
using Canary.Alerts.Redaction;
using Canary.Alerts.Storage;
using Canary.Commands;
using Canary.Tests.Alerts;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Commands;

public sealed class AlertsCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string State => _directory.At("state");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Without_any_alerts_the_list_is_empty_and_clean()
    {
        Assert.Equal((ExitCode.Clean, "", $"no alerts in {State}\n"), await RunAsync("list"));
        Assert.Equal((ExitCode.Clean, "", ""), await RunAsync("list", "--json"));
    }

    [Fact]
    public async Task Alerts_are_listed_shown_acknowledged_and_silenced_beside_their_owner()
    {
        using var store = AlertStore.Open(State, "canary watch", TimeProvider.System);
        await PostAsync(store);
        var ids = store.List(new AlertFilter()).Select(a => a.Id).ToArray();

        var (code, output, _) = await RunAsync("list", "--level", "high", "--since", "1h");
        Assert.Equal((ExitCode.Clean, 1), (code, output.Split('\n').Count(l => l.Contains("Credentials sent", StringComparison.Ordinal))));
        Assert.Equal(ids, (await RunAsync("list", "--json")).Output.TrimEnd('\n').Split('\n').Select(l => AlertJson.Read(l)!.Id));
        Assert.Equal("", (await RunAsync("list", "--since", "2999-01-01T00:00:00Z")).Output);

        (code, output, _) = await RunAsync("show", ids[0]);
        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains("Process chain", output, StringComparison.Ordinal);
        Assert.Contains("nobody: no notifier is configured", output, StringComparison.Ordinal);

        Assert.Equal((ExitCode.Clean, ids[0] + " acknowledged\n", ""), await RunAsync("ack", ids[0]));
        Assert.NotNull(store.Find(ids[0])[0].Acknowledged);
        Assert.Contains("acknowledged 2", (await RunAsync("show", ids[0])).Output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("silence", ids[1], "--for", "1h");
        Assert.Equal(ExitCode.Clean, code);
        Assert.Contains("is silent until", output, StringComparison.Ordinal);
        await PostAsync(store);
        Assert.True(store.Find(ids[1])[0].Silenced);
        Assert.False(store.Find(ids[0])[0].Silenced);
    }

    [Theory]
    [InlineData("show", "nothing")]
    [InlineData("ack", "nothing")]
    [InlineData("silence", "no-such-rule", "--for", "1h")]
    [InlineData("silence", "x", "--for", "soon")]
    [InlineData("list", "--since", "yesterday")]
    [InlineData("list", "--level", "severe")]
    public async Task A_word_that_means_nothing_is_exit_code_2_and_named(params string[] arguments)
    {
        var (code, _, error) = await RunAsync(arguments);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(arguments[0] == "silence" && arguments[3] == "soon" ? "soon" : arguments[0] == "list" ? arguments[2] : arguments[1], error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_damaged_is_exit_code_5_in_words()
    {
        Directory.CreateDirectory(State);
        File.WriteAllText(Path.Combine(State, "alerts.db"), new string('x', 8192));
        var (code, _, error) = await RunAsync("list");
        Assert.Equal(ExitCode.Unable, code);
        Assert.Contains("alerts.db", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_test_says_per_notifier_whether_it_was_delivered()
    {
        await using var server = SmtpServer.Start();
        Assert.Equal((ExitCode.Clean, "email: delivered\n", ""), await RunAsync("test", "--config", Config(server.Port)));
        Assert.Contains("This is a test of Canary's alerts", Assert.Single(server.Mails).Header("Subject"), StringComparison.Ordinal);

        var (code, output, _) = await RunAsync("test", "--json", "--config", Config(SmtpServer.FreePort()));
        Assert.Equal(ExitCode.Unable, code);
        Assert.StartsWith("""{"kind":"delivery","notifier":"email","result":"failed for now","detail":"mail server 127.0.0.1:""", output, StringComparison.Ordinal);

        File.WriteAllText(_directory.At("none.yml"), "alerts: {}");
        Assert.Equal(ExitCode.Usage, (await RunAsync("test", "--config", _directory.At("none.yml"))).Code);
        File.WriteAllText(_directory.At("bad.yml"), "email: {hots: x}");
        (code, _, string error) = await RunAsync("test", "--config", _directory.At("bad.yml"));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("bad.yml:1:9: unknown key 'hots' in 'email'; did you mean 'host'?", error, StringComparison.Ordinal);
    }

    private string Config(int port)
    {
        string file = _directory.At("canary.yml");
        File.WriteAllText(file, $"email: {{host: 127.0.0.1, port: {port}, security: none, from: c@example.org, to: [a@example.org]}}");
        return file;
    }

    private static async Task PostAsync(AlertStore store)
    {
        var desk = new AlertDesk(store, Some.Policy, new Redactor(), TimeProvider.System, "host");
        var now = TimeProvider.System.GetUtcNow();
        desk.TryPost(Some.Finding(at: now));
        desk.TryPost(Some.Finding(slug: "other", level: Canary.Findings.Level.Low, at: now));
        var run = desk.RunAsync(CancellationToken.None);
        await desk.DrainAsync();
        await run;
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = await CommandLine.RunAsync(["alerts", .. arguments, "--state", State], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
