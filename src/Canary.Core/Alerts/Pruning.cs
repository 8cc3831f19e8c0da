using Canary.Alerts.Storage;

namespace Canary.Alerts;

/// <summary>Keeps the store within its age and size; what it deletes is counted.</summary>
internal static class Pruning
{
    /// <summary>How far its own idea of the time follows the clock at each look, of which there are six an hour.</summary>
    /// <remarks>A clock that was set years ahead must not age every alert at once; after a long time off it catches up six times as fast as time goes.</remarks>
    private const long MostAhead = 60 * 60 * 1000;

    private const string Reached = "pruned_as_of";

    public static void Run(AlertStore store, AlertPolicy policy, DateTimeOffset now)
    {
        store.Silences.Tidy(now);
        Count(store, "pruned_age", store.Alerts.DeleteBefore(AgesAsOf(store, now) - policy.Retention));
        while (store.Bytes > policy.SizeLimit && store.Alerts.Count is > 0 and var count)
            Count(store, "pruned_size", store.Alerts.DeleteOldest(Math.Max(1, count / 10)));
        store.Database.Run("PRAGMA incremental_vacuum");
    }

    private static DateTimeOffset AgesAsOf(AlertStore store, DateTimeOffset now)
    {
        long clock = AlertTable.Ms(now);
        long? before = store.Database.Maybe("SELECT count FROM tally WHERE name = $name", ("$name", Reached)) ?? store.Database.Maybe("SELECT max(last) FROM alert");
        long reached = before is { } at ? Math.Min(clock, at + MostAhead) : clock;
        store.Database.Run("INSERT INTO tally (name, count) VALUES ($name, $at) ON CONFLICT (name) DO UPDATE SET count = $at", ("$name", Reached), ("$at", reached));
        return AlertTable.Time(reached);
    }

    private static void Count(AlertStore store, string what, int deleted)
    {
        if (deleted > 0)
        {
            store.Database.Run(
                "INSERT INTO tally (name, count) VALUES ($name, $count) ON CONFLICT (name) DO UPDATE SET count = count + $count",
                ("$name", what), ("$count", deleted));
        }
    }
}
