using Microsoft.Data.Sqlite;

namespace Canary.Alerts.Storage;

/// <summary>What is to be told to whom, in the same file as the alerts so that one transaction holds both.</summary>
internal sealed class OutboxTable(AlertDatabase database)
{
    private const string Columns = "id, alert, notifier, kind, state, due, created, attempts, batch, reason, ended";

    public void Add(long alert, string notifier, MailKind kind, DateTimeOffset due, DateTimeOffset now) => database.Run(
        "INSERT INTO outbox (alert, notifier, kind, due, created) VALUES ($alert, $notifier, $kind, $due, $now)",
        ("$alert", alert), ("$notifier", notifier), ("$kind", (int)kind), ("$due", AlertTable.Ms(due)), ("$now", AlertTable.Ms(now)));

    /// <summary>When the digest that is being gathered goes out; null when none is.</summary>
    public DateTimeOffset? GatheringDigest(string notifier) => database.Maybe(
        "SELECT min(due) FROM outbox WHERE notifier = $notifier AND state = 0 AND kind = $digest AND batch IS NULL",
        ("$notifier", notifier), ("$digest", (int)MailKind.Digest)) is { } due ? AlertTable.Time(due) : null;

    public List<OutboxRow> Due(string notifier, DateTimeOffset now, int most) => database.Rows(
        $"SELECT {Columns} FROM outbox WHERE notifier = $notifier AND state = 0 AND due <= $now ORDER BY due, id LIMIT $most", Row,
        ("$notifier", notifier), ("$now", AlertTable.Ms(now)), ("$most", most));

    public DateTimeOffset? NextDue(string notifier) => database.Maybe(
        "SELECT min(due) FROM outbox WHERE notifier = $notifier AND state = 0", ("$notifier", notifier)) is { } due ? AlertTable.Time(due) : null;

    /// <summary>
    /// Fixes what one message holds and that it is about to be sent, before it is: a second copy after a crash then has the same
    /// content and Message-ID, and says that it may be one.
    /// </summary>
    public void Begin(IReadOnlyList<OutboxRow> rows) => database.Write(db =>
    {
        foreach (var row in rows)
        {
            db.Run("UPDATE outbox SET attempts = attempts + 1, batch = coalesce(batch, $batch) WHERE id = $id", ("$id", row.Id), ("$batch", rows[0].Id));
        }

        return true;
    });

    public List<OutboxRow> Batch(long batch) => database.Rows(
        $"SELECT {Columns} FROM outbox WHERE batch = $batch AND state = 0 ORDER BY id", Row, ("$batch", batch));

    public void Finish(IReadOnlyList<OutboxRow> rows, OutboxState state, string? reason, DateTimeOffset at) => Each(
        rows, "UPDATE outbox SET state = $state, reason = $reason, ended = $at WHERE id = $id", reason, state, at);

    public void Postpone(IReadOnlyList<OutboxRow> rows, string reason, DateTimeOffset due) => Each(
        rows, "UPDATE outbox SET due = $at, reason = $reason, state = $state WHERE id = $id", reason, OutboxState.Waiting, due);

    /// <summary>What waits for another attempt is tried at once: a start is a good moment, the wait may have been for the restart.</summary>
    public void Hasten(DateTimeOffset now) => database.Run(
        "UPDATE outbox SET due = $now WHERE state = 0 AND attempts > 0 AND due > $now", ("$now", AlertTable.Ms(now)));

    /// <summary>What came from a time that is not yet, since the clock was set back, waits no longer than what comes now.</summary>
    public void Settle(DateTimeOffset now)
    {
        long ahead = AlertTable.Ms(now.AddSeconds(5));
        if (database.Maybe("SELECT 1 FROM outbox WHERE state = 0 AND created > $ahead LIMIT 1", ("$ahead", ahead)) is null)
            return;
        database.Run("UPDATE outbox SET due = min(due, $now), created = $now WHERE state = 0 AND created > $ahead", ("$now", AlertTable.Ms(now)), ("$ahead", ahead));
    }

    public List<OutboxRow> Of(long alert) => database.Rows(
        $"SELECT {Columns} FROM outbox WHERE alert = $alert ORDER BY id", Row, ("$alert", alert));

    public OutboxCounts Counts() => new(
        database.Number("SELECT count(*) FROM outbox WHERE state = 0"),
        database.Number("SELECT count(*) FROM outbox WHERE state = 0 AND attempts > 0"),
        database.Number("SELECT count(*) FROM outbox WHERE state = 2"),
        database.Rows("SELECT reason FROM outbox WHERE reason IS NOT NULL AND state <> 1 ORDER BY id DESC LIMIT 1", static r => r.GetString(0)).FirstOrDefault());

    private void Each(IReadOnlyList<OutboxRow> rows, string sql, string? reason, OutboxState state, DateTimeOffset at) => database.Write(db =>
    {
        foreach (var row in rows)
            db.Run(sql, ("$id", row.Id), ("$state", (int)state), ("$reason", reason), ("$at", AlertTable.Ms(at)));
        return true;
    });

    private static OutboxRow Row(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetString(2), (MailKind)row.GetInt32(3), (OutboxState)row.GetInt32(4),
        AlertTable.Time(row.GetInt64(5)), AlertTable.Time(row.GetInt64(6)), row.GetInt32(7), row.IsDBNull(8) ? null : row.GetInt64(8),
        row.IsDBNull(9) ? null : row.GetString(9), row.IsDBNull(10) ? null : AlertTable.Time(row.GetInt64(10)));
}

/// <summary>One alert that one notifier is to tell.</summary>
/// <param name="Batch">The first row of the message that it went into; fixed at the first attempt.</param>
internal sealed record OutboxRow(
    long Id, long Alert, string Notifier, MailKind Kind, OutboxState State, DateTimeOffset Due, DateTimeOffset Created,
    int Attempts, long? Batch, string? Reason, DateTimeOffset? Ended);

public enum OutboxState
{
    Waiting,
    Delivered,
    GivenUp,
}

/// <param name="Waiting">Not yet sent, whatever the cause.</param>
/// <param name="Failing">Of these, tried at least once.</param>
/// <param name="GivenUp">Refused for good, or tried for too long.</param>
/// <param name="LastReason">Why the latest of them was not delivered.</param>
public sealed record OutboxCounts(long Waiting, long Failing, long GivenUp, string? LastReason);
