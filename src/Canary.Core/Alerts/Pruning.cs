using Canary.Alerts.Storage;

namespace Canary.Alerts;

/// <summary>Keeps the store within its age and size; what it deletes is counted.</summary>
internal static class Pruning
{
    public static void Run(AlertStore store, AlertPolicy policy, DateTimeOffset now)
    {
        store.Silences.Tidy(now);
        Count(store, "pruned_age", store.Alerts.DeleteBefore(now - policy.Retention));
        while (store.Bytes > policy.SizeLimit && store.Alerts.Count is > 0 and var count)
            Count(store, "pruned_size", store.Alerts.DeleteOldest(Math.Max(1, count / 10)));
        store.Database.Run("PRAGMA incremental_vacuum");
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
