using Microsoft.Data.Sqlite;

namespace Canary.Alerts.Storage;

/// <summary>The tables, as the steps that led to them: a file of any older version is brought up by the steps it lacks.</summary>
internal static class AlertSchema
{
    // Times are milliseconds since 1970. `body` is the alert as it was first seen; what changes later has a column.
    private static readonly IReadOnlyList<string> Steps =
    [
        """
        CREATE TABLE alert (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, rule TEXT NOT NULL, slug TEXT NOT NULL,
          level INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL, told INTEGER,
          acked INTEGER, body TEXT NOT NULL);
        CREATE INDEX alert_key ON alert (key, seq);
        CREATE INDEX alert_last ON alert (last);
        CREATE TABLE outbox (
          id INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER NOT NULL REFERENCES alert (seq) ON DELETE CASCADE, notifier TEXT NOT NULL,
          kind INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL, created INTEGER NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0, batch INTEGER, reason TEXT, ended INTEGER);
        CREATE INDEX outbox_waiting ON outbox (notifier, due) WHERE state = 0;
        CREATE INDEX outbox_alert ON outbox (alert);
        """,
        """
        ALTER TABLE alert ADD COLUMN folded INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE alert ADD COLUMN silenced INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE silence (target TEXT PRIMARY KEY, until INTEGER NOT NULL, created INTEGER NOT NULL);
        CREATE TABLE tally (name TEXT PRIMARY KEY, count INTEGER NOT NULL);
        """,
    ];

    public static int Version => Steps.Count;

    /// <summary>Brings the file to this version, whole or not at all.</summary>
    public static void Migrate(SqliteConnection connection, string path)
    {
        int version = VersionOf(connection);
        if (version == Steps.Count)
            return;
        Refuse(version, path);
        using var transaction = connection.BeginTransaction();
        for (int step = VersionOf(connection); step < Steps.Count; step++)
            Run(connection, Steps[step] + $"PRAGMA user_version = {step + 1};");
        transaction.Commit();
    }

    /// <summary>For one who only reads: an older file is left as it is and said so.</summary>
    public static void Check(SqliteConnection connection, string path)
    {
        int version = VersionOf(connection);
        Refuse(version, path);
        if (version < Steps.Count)
            throw new StateException($"{path} was written by an older Canary (format {version}, this one has {Steps.Count}); it is brought up to date when 'canary watch' or 'canary daemon' next starts");
    }

    private static void Refuse(int version, string path)
    {
        if (version > Steps.Count)
            throw new StateException($"{path} was written by a newer Canary (format {version}, this one knows {Steps.Count}); use that one, or choose another directory with --state");
    }

    private static int VersionOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
