using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Canary.Alerts.Storage;

/// <summary>What is still to be had of a file of alerts that a disk or a power cut has damaged.</summary>
internal static class Salvage
{
    private const int MostKept = 3;
    private const int MostSteps = 64;
    private static readonly string[] Parts = ["", "-wal", "-shm"];

    // The outbox after the alerts that it refers to.
    private static readonly string[] Tables = ["alert", "outbox", "silence", "tally"];

    /// <summary>The first thing that is wrong with the file; null when it is sound.</summary>
    public static string? Fault(AlertDatabase database) =>
        database.Rows("PRAGMA quick_check(1)", static r => r.GetString(0)) is [var words, ..] && words != "ok" ? words : null;

    /// <summary>Gives the file another name beside its own, and says which. Of earlier ones the newest are kept.</summary>
    public static string SetAside(string path, DateTimeOffset now)
    {
        string aside = string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{now.UtcDateTime:yyyyMMddTHHmmssfff}");
        var earlier = Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".damaged-*").Order(StringComparer.Ordinal)
            .GroupBy(f => f.Split("-wal")[0].Split("-shm")[0]).SkipLast(MostKept - 1);
        foreach (string file in earlier.SelectMany(g => g))
            File.Delete(file);
        foreach (string part in Parts)
        {
            if (File.Exists(path + part))
                File.Move(path + part, aside + part, overwrite: true);
        }

        return aside;
    }

    /// <summary>Copies what can be read, and says how much that is.</summary>
    public static string TakeOver(string aside, AlertDatabase into)
    {
        long alerts = 0;
        string? why = null;
        try
        {
            using var from = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = aside, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
            from.Open();
            alerts = into.Write(db =>
            {
                long read = 0;
                foreach (string table in Tables)
                {
                    long taken = Copy(from, table, db);
                    read += table == "alert" ? taken : 0;
                }

                return read;
            });
        }
        catch (Exception e) when (e is SqliteException or StateException)
        {
            why = e.Message;
        }

        return $"the stored alerts were damaged: {alerts} could be read and were taken over{(why is null ? "" : $" ({why})")}; the damaged file is {aside}";
    }

    /// <summary>From both ends of a table to the first row that cannot be read, then over the gap in growing steps.</summary>
    private static long Copy(SqliteConnection from, string table, AlertDatabase into)
    {
        long taken = 0, after = 0;
        for (int step = 0; step < MostSteps; step++)
        {
            long before = after;
            taken += Rows(from, table, "rowid > $at ORDER BY rowid", after, into, ref after, out bool whole);
            if (whole)
                return taken;
            after = Math.Max(after, before) + (1L << Math.Min(step / 2, 20));
        }

        long end = long.MaxValue;
        return taken + Rows(from, table, "rowid < $at ORDER BY rowid DESC", end, into, ref end, out _);
    }

    private static long Rows(SqliteConnection from, string table, string where, long at, AlertDatabase into, ref long reached, out bool whole)
    {
        long taken = 0;
        whole = false;
        try
        {
            using var command = from.CreateCommand();
            command.CommandText = $"SELECT rowid AS place, * FROM {table} WHERE {where}";
            command.Parameters.AddWithValue("$at", at);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                reached = reader.GetInt64(0);
                taken += Insert(reader, table, into);
            }

            whole = true;
        }
        catch (SqliteException)
        {
            // As far as it goes.
        }

        return taken;
    }

    private static int Insert(SqliteDataReader row, string table, AlertDatabase into)
    {
        var names = Enumerable.Range(1, row.FieldCount - 1).Select(i => (Column: i, Name: row.GetName(i))).ToArray();
        if (names.Any(n => !n.Name.All(char.IsAsciiLetter)) || table == "alert" && !IsSound(row))
            return 0;
        try
        {
            return into.Run(
                $"INSERT OR IGNORE INTO {table} ({string.Join(", ", names.Select(n => n.Name))}) VALUES ({string.Join(", ", names.Select(n => "$" + n.Name))})",
                [.. names.Select(n => ("$" + n.Name, row.IsDBNull(n.Column) ? null : row.GetValue(n.Column)))]);
        }
        catch (StateException)
        {
            // A row of the outbox whose alert is gone, or one that is nonsense.
            return 0;
        }
    }

    /// <summary>A row that the store could not give back later would be a trap.</summary>
    private static bool IsSound(SqliteDataReader row)
    {
        int body = row.GetOrdinal("body");
        return row.GetFieldType(body) == typeof(string) && AlertJson.Read(row.GetString(body)) is not null;
    }
}
