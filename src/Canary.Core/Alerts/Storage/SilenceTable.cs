namespace Canary.Alerts.Storage;

/// <summary>Rules and groups that are stored and counted but not told, each until a moment.</summary>
internal sealed class SilenceTable(AlertDatabase database)
{
    public void Set(string target, DateTimeOffset until, DateTimeOffset now) => database.Run(
        "INSERT INTO silence (target, until, created) VALUES ($target, $until, $now) ON CONFLICT (target) DO UPDATE SET until = $until",
        ("$target", target), ("$until", AlertTable.Ms(until)), ("$now", AlertTable.Ms(now)));

    public HashSet<string> Active(DateTimeOffset now) => [.. database.Rows(
        "SELECT target FROM silence WHERE until > $now", static r => r.GetString(0), ("$now", AlertTable.Ms(now)))];

    public void Tidy(DateTimeOffset now) => database.Run("DELETE FROM silence WHERE until <= $now", ("$now", AlertTable.Ms(now)));
}
