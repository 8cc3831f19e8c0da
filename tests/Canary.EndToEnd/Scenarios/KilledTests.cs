using System.Text.Json;
using Canary.EndToEnd.Cli;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Scenarios;

/// <summary>Canary dies in the worst moment: alerts pour in, the mail server is down, and somebody kills it.</summary>
[Collection(OneMachine.Name)]
public sealed class KilledTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly World _world = new();

    [Fact]
    public async Task Every_stored_alert_is_mailed_after_kill_9_and_a_restart()
    {
        var port = LoopbackServer.FreePort();
        await File.WriteAllTextAsync(_world.Config, Mailbox.Configuration(port, "medium") + "alerts:\n  rate_limit: {alerts: 1000, per: 1s}\n");
        List<string> told;
        await using (var first = await CanaryWatch.StartAsync(_world))
        {
            using var storm = FakeAgent.Start(_world, Storm());
            await first.WaitForAsync(l => l.Kind == "alert" && first.Alerts.Count(a => a.IsMediumOrAbove) >= 20, Patience, "twenty alerts");
            await first.KillAsync();
            Assert.False(storm.HasEnded, "the storm was over before the kill");
            told = [.. first.Alerts.Select(a => a.Id).Distinct()];
        }

        var stored = await StoredAsync();
        Assert.Subset(stored.Keys.ToHashSet(), told.ToHashSet());
        var due = stored.Where(s => s.Value).Select(s => s.Key).ToList();
        Assert.True(due.Count >= 20, $"only {due.Count} alerts to mail");

        await using var mailbox = new Mailbox(port);
        await using var second = await CanaryWatch.StartAsync(_world);
        await EachIsMailedAsync(due, mailbox);
    }

    [Fact]
    public async Task A_kill_9_while_mail_is_under_way_loses_none_and_doubles_only_what_a_reader_can_tell()
    {
        await using var mailbox = new Mailbox();
        await File.WriteAllTextAsync(_world.Config, Mailbox.Configuration(mailbox.Port, "medium") + "alerts:\n  rate_limit: {alerts: 1000, per: 1s}\n");
        for (var kill = 0; kill < 3; kill++)
        {
            var before = mailbox.Mails.Count;
            await using var dying = await CanaryWatch.StartAsync(_world);
            using var storm = FakeAgent.Start(_world, Storm());
            await Until.TrueAsync(() => mailbox.Mails.Count >= before + 3, Patience, "three more mails");
            await dying.KillAsync();
        }

        var due = (await StoredAsync()).Where(s => s.Value).Select(s => s.Key).ToList();
        Assert.True(due.Count >= 9, $"only {due.Count} alerts to mail");
        await using var last = await CanaryWatch.StartAsync(_world);
        await EachIsMailedAsync(due, mailbox);
    }

    public void Dispose() => _world.Dispose();

    private static async Task EachIsMailedAsync(List<string> due, Mailbox mailbox)
    {
        await Until.TrueAsync(
            () => due.All(id => mailbox.Mails.Any(m => m.Alerts.Contains(id))), Patience, $"a mail for each of {due.Count} alerts");

        // What was sent twice, because the kill came between the server's yes and the note of it, is the same message to a mail reader
        foreach (var id in due)
            Assert.Single(mailbox.Mails.Where(m => m.Alerts.Contains(id)).Select(m => m.MessageId).Distinct());
    }

    /// <summary>Three hundred different downloads into a shell, as fast as they go: more than are over before the kill. An alert's identity leaves digits out, so the words differ in letters.</summary>
    private static string Storm() => $$"""
        for a in alder birch cedar elm fir hazel; do
          for b in ant bee cat dog eel fox gnu hen ibex jay; do
            for c in red blue green gold pink; do
              bash -c "curl -s http://127.0.0.1:{{LoopbackServer.FreePort()}}/$a/$b/$c/install.sh | sh"
            done
          done
        done
        """;

    /// <summary>The ids in Canary's store, and whether each is one to mail by itself.</summary>
    private async Task<Dictionary<string, bool>> StoredAsync()
    {
        var ran = (await CanaryWatch.RunAsync("alerts", "list", "--json", "--state", _world.State, "--config", _world.Config)).Good();
        Dictionary<string, bool> stored = [];
        foreach (var line in ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            var seen = new SeenAlert(new SeenLine(0, json.RootElement.Clone()));
            if (seen.Line.Kind == "alert")
                stored[seen.Id] = seen.IsMediumOrAbove;
        }

        return stored;
    }
}
