using Microsoft.Data.Sqlite;

namespace Canary.Alerts.Storage;

/// <summary>The stored alerts.</summary>
internal sealed class AlertTable(AlertDatabase database)
{
    private const string Columns = "seq, body, last, count, folded, silenced, acked, told, key, first";

    public long Insert(Alert alert, DateTimeOffset? told)
    {
        database.Run(
            "INSERT INTO alert (id, key, rule, slug, level, first, last, count, told, folded, silenced, body) "
            + "VALUES ($id, $key, $rule, $slug, $level, $first, $last, $count, $told, $folded, $silenced, $body)",
            ("$id", alert.Id), ("$key", alert.Key), ("$rule", alert.Rule.Id), ("$slug", alert.Rule.Slug), ("$level", (int)alert.Level),
            ("$first", Ms(alert.Time)), ("$last", Ms(alert.LastTime)), ("$count", alert.Count), ("$told", Ms(told)),
            ("$folded", alert.Folded), ("$silenced", alert.Silenced ? 1 : 0), ("$body", AlertJson.Write(alert)));
        return database.Number("SELECT last_insert_rowid()");
    }

    public void Update(StoredAlert stored) => database.Run(
        "UPDATE alert SET last = $last, count = $count, folded = $folded, silenced = $silenced, told = $told WHERE seq = $seq",
        ("$seq", stored.Sequence), ("$last", Ms(stored.Alert.LastTime)), ("$count", stored.Alert.Count),
        ("$folded", stored.Alert.Folded), ("$silenced", stored.Alert.Silenced ? 1 : 0), ("$told", Ms(stored.Told)));

    /// <summary>The newest alert of a group.</summary>
    public StoredAlert? Newest(string key) => One("WHERE key = $key ORDER BY seq DESC LIMIT 1", ("$key", key));

    public StoredAlert? BySequence(long sequence) => One("WHERE seq = $seq", ("$seq", sequence));

    /// <summary>By id, or by a beginning of one; up to two, to tell an ambiguous beginning.</summary>
    public List<StoredAlert> ById(string beginning) => database.Rows(
        $"SELECT {Columns} FROM alert WHERE id >= $id AND id < $end ORDER BY seq LIMIT 2", Row, ("$id", beginning), ("$end", beginning + "~"));

    /// <summary>A page, newest first.</summary>
    public List<StoredAlert> Page(AlertFilter filter, long before, int most) => database.Rows(
        $"SELECT {Columns} FROM alert WHERE seq < $before AND last >= $since AND level >= $level ORDER BY seq DESC LIMIT $most", Row,
        ("$before", before), ("$since", Ms(filter.Since) ?? long.MinValue), ("$level", (int)filter.Least), ("$most", most));

    public bool IsAcknowledged(long sequence) => database.Maybe("SELECT acked FROM alert WHERE seq = $seq", ("$seq", sequence)) is not null;

    public void Acknowledge(long sequence, DateTimeOffset at) => database.Run(
        "UPDATE alert SET acked = coalesce(acked, $at) WHERE seq = $seq", ("$seq", sequence), ("$at", Ms(at)));

    public long Count => database.Number("SELECT count(*) FROM alert");

    public int DeleteBefore(DateTimeOffset last) => database.Run("DELETE FROM alert WHERE last < $last", ("$last", Ms(last)));

    public int DeleteOldest(long most) => database.Run("DELETE FROM alert WHERE seq IN (SELECT seq FROM alert ORDER BY last LIMIT $most)", ("$most", most));

    public static long Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static long? Ms(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private StoredAlert? One(string where, (string, object?) value)
    {
        var rows = database.Rows($"SELECT {Columns} FROM alert {where}", Row, value);
        return rows.Count > 0 ? rows[0] : null;
    }

    private static StoredAlert Row(SqliteDataReader row)
    {
        var body = AlertJson.Read(row.GetString(1))
            ?? throw new StateException($"alert number {row.GetInt64(0)} in the store is damaged; move the store away and Canary begins a new one");
        var alert = body with
        {
            LastTime = Time(row.GetInt64(2)),
            Count = row.GetInt64(3),
            Folded = row.GetInt64(4),
            Silenced = row.GetInt64(5) != 0,
            Acknowledged = row.IsDBNull(6) ? null : Time(row.GetInt64(6)),
        };
        return new StoredAlert(row.GetInt64(0), alert, row.IsDBNull(7) ? null : Time(row.GetInt64(7)));
    }
}

/// <param name="Told">When it was last handed to a notifier or the console; null when it never was.</param>
internal sealed record StoredAlert(long Sequence, Alert Alert, DateTimeOffset? Told);

/// <summary>Which alerts a list shows.</summary>
public sealed record AlertFilter(DateTimeOffset? Since = null, Findings.Level Least = Findings.Level.Informational);
