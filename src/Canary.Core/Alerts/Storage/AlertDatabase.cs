using Microsoft.Data.Sqlite;

namespace Canary.Alerts.Storage;

/// <summary>One SQLite connection, used by one caller at a time, whose failures are told in words.</summary>
internal sealed class AlertDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();
    private SqliteTransaction? _transaction;

    private AlertDatabase(SqliteConnection connection, string path)
    {
        _connection = connection;
        Path = path;
    }

    public string Path { get; }

    public static AlertDatabase Open(string path, SqliteOpenMode mode)
    {
        var words = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, ForeignKeys = true, DefaultTimeout = 10 };
        var database = new AlertDatabase(new SqliteConnection(words.ToString()), path);
        try
        {
            database._connection.Open();
            return database;
        }
        catch (SqliteException e)
        {
            database.Dispose();
            throw Told(e, path);
        }
    }

    public SqliteConnection Connection => _connection;

    /// <summary>Runs the work alone, as one transaction: all of it is on disk afterwards, or none.</summary>
    public T Write<T>(Func<AlertDatabase, T> work) => Guarded(() =>
    {
        if (_transaction is not null)
            return work(this);
        using var transaction = _connection.BeginTransaction();
        _transaction = transaction;
        try
        {
            var result = work(this);
            transaction.Commit();
            return result;
        }
        finally
        {
            _transaction = null;
        }
    });

    public int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_gate)
        {
            try
            {
                using var command = Command(sql, values);
                return command.ExecuteNonQuery();
            }
            catch (SqliteException e)
            {
                throw Told(e, Path);
            }
        }
    }

    public long Number(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Maybe(sql, values) ?? 0;

    public long? Maybe(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_gate)
        {
            try
            {
                using var command = Command(sql, values);
                return command.ExecuteScalar() is long number ? number : null;
            }
            catch (SqliteException e)
            {
                throw Told(e, Path);
            }
        }
    }

    public List<T> Rows<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_gate)
        {
            try
            {
                using var command = Command(sql, values);
                using var reader = command.ExecuteReader();
                var rows = new List<T>();
                while (reader.Read())
                    rows.Add(row(reader));
                return rows;
            }
            catch (SqliteException e)
            {
                throw Told(e, Path);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _connection.Dispose();
    }

    private T Guarded<T>(Func<T> work)
    {
        lock (_gate)
        {
            try
            {
                return work();
            }
            catch (SqliteException e)
            {
                throw Told(e, Path);
            }
        }
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    /// <summary>The failure in words; SQLITE_CORRUPT (11) and SQLITE_NOTADB (26) are damage.</summary>
    public static StateException Told(SqliteException e, string path) =>
        new(Words(e, path), inner: e) { IsDamage = e.SqliteErrorCode is 11 or 26 };

    // Codes: https://sqlite.org/rescode.html
    private static string Words(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        5 or 6 => $"{path} is held by another program; try again",
        8 => $"{path} cannot be written: it or its file system is read-only",
        10 => $"{path} cannot be read or written: the disk reports an error ({e.SqliteExtendedErrorCode})",
        11 or 26 => $"{path} is damaged; move it away and Canary begins a new one",
        13 => $"{path} cannot grow: the disk is full",
        14 => $"{path} cannot be opened: no right to, or its directory is gone",
        _ => $"{path}: {e.Message}",
    };
}
