using Microsoft.Data.Sqlite;

namespace Canary.Alerts.Storage;

/// <summary>
/// The alerts on disk with what is still to be told of them. What a call returned from is there after a kill -9 and a power cut.
/// Safe for use by several threads.
/// </summary>
public sealed class AlertStore : IDisposable
{
    public const string FileName = "alerts.db";

    /// <summary>Bytes; takes some hundredths of a second.</summary>
    private const long ReadThroughAlways = 16 << 20;

    private readonly AlertDatabase _database;
    private readonly StateLock? _lock;

    private AlertStore(AlertDatabase database, StateLock? stateLock)
    {
        _database = database;
        _lock = stateLock;
        Alerts = new AlertTable(database);
        Outbox = new OutboxTable(database);
        Silences = new SilenceTable(database);
    }

    internal AlertTable Alerts { get; }

    internal OutboxTable Outbox { get; }

    internal SilenceTable Silences { get; }

    internal AlertDatabase Database => _database;

    /// <summary>What was found damaged at the opening and what became of it, in words; null when nothing was.</summary>
    public string? Mended { get; private init; }

    /// <summary>
    /// Opens a directory as its one owner; makes and migrates what is in it. A file that cannot be read any more is set aside, and what can be
    /// read of it is taken over. Throws <see cref="StateException"/>.
    /// </summary>
    /// <param name="owner">What opens it, for whoever comes second: <c>canary watch</c>.</param>
    /// <param name="suspect">The last owner came to no orderly end: a large file is read through as well.</param>
    public static AlertStore Open(string directory, string owner, TimeProvider time, bool suspect = false)
    {
        StateDirectory.Prepare(directory);
        var held = StateLock.Take(directory, owner, time.GetUtcNow());
        AlertDatabase? database = null;
        try
        {
            string path = Path.Combine(directory, FileName);
            StateDirectory.CreatePrivate(path);
            string? mended = null;
            try
            {
                database = Sound(path, suspect);
            }
            catch (StateException e) when (e.IsDamage)
            {
                string aside = Salvage.SetAside(path, time.GetUtcNow());
                StateDirectory.CreatePrivate(path);
                database = Sound(path, suspect: false);
                mended = Salvage.TakeOver(aside, database);
            }

            return new AlertStore(database, held) { Mended = mended };
        }
        catch (Exception e)
        {
            database?.Dispose();
            held.Dispose();
            throw e is IOException or UnauthorizedAccessException
                ? new StateException($"state directory {directory} cannot be used: {e.Message}; choose another with --state", inner: e) : e;
        }
    }

    /// <summary>Opens beside a running owner, to read and for small changes (acknowledge, silence). Null when nothing was ever stored there.</summary>
    public static AlertStore? OpenBeside(string directory)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: > 0 })
                return null;
            using (File.OpenHandle(path))
            {
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"{path} cannot be read: {e.Message}; run as its owner (sudo?) or choose another directory with --state", inner: e);
        }

        return new AlertStore(Beside(path, SqliteOpenMode.ReadWrite) ?? Beside(AsItIs(path), SqliteOpenMode.ReadOnly)
            ?? throw new StateException($"{path} cannot be read: no right to its directory, or its file system is read-only and another has it open"), null);
    }

    /// <summary>A store that lasts as long as the process, for where none can be written.</summary>
    public static AlertStore InMemory()
    {
        var database = AlertDatabase.Open(":memory:", SqliteOpenMode.Memory);
        Settle(database);
        return new AlertStore(database, null);
    }

    /// <summary>Who owns the directory at this moment, in words; null when nobody does.</summary>
    public static string? OwnerOf(string directory) => StateLock.OwnerOf(directory);

    /// <summary>Every alert that passes, newest first, read a page at a time.</summary>
    public IEnumerable<Alert> List(AlertFilter filter)
    {
        long before = long.MaxValue;
        while (true)
        {
            var page = Alerts.Page(filter, before, 100);
            foreach (var stored in page)
                yield return stored.Alert;
            if (page.Count < 100)
                yield break;
            before = page[^1].Sequence;
        }
    }

    /// <summary>By id or a beginning of one. Two when the beginning fits several.</summary>
    public IReadOnlyList<Alert> Find(string id) => [.. Alerts.ById(id).Select(s => s.Alert)];

    /// <summary>How far each notifier is with an alert.</summary>
    public IReadOnlyList<DeliveryReport> Deliveries(string id) => Alerts.ById(id) is [var stored, ..]
        ? [.. Outbox.Of(stored.Sequence).Select(r => new DeliveryReport(r.Notifier, r.Kind, r.State, r.Attempts, r.Reason, r.State == OutboxState.Waiting ? r.Due : r.Ended))]
        : [];

    /// <summary>Marks an alert as seen: it counts on, and is not told again.</summary>
    public bool Acknowledge(string id, DateTimeOffset at)
    {
        if (Alerts.ById(id) is not [var stored])
            return false;
        Alerts.Acknowledge(stored.Sequence, at);
        return true;
    }

    /// <summary>Stores alerts of a rule (by id or slug) or of a group (by an alert's key) until then, without telling of them.</summary>
    public void Silence(string target, DateTimeOffset until, DateTimeOffset now) => Silences.Set(target, until, now);

    public OutboxCounts OutboxCounts() => Outbox.Counts();

    public long Count => Alerts.Count;

    public long Bytes => _database.Number("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size");

    public void Dispose()
    {
        _database.Dispose();
        _lock?.Dispose();
    }

    /// <summary>Null when SQLite cannot open it (14) or write beside it (8): on a read-only file system.</summary>
    private static AlertDatabase? Beside(string path, SqliteOpenMode mode)
    {
        var database = AlertDatabase.Open(path, mode);
        try
        {
            AlertSchema.Check(database.Connection, path);
            return database;
        }
        catch (SqliteException e)
        {
            database.Dispose();
            return e.SqliteErrorCode is 14 or 8 ? null : throw new StateException($"{path} cannot be read: {e.Message}", inner: e);
        }
        catch (StateException)
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Without the files that SQLite makes beside it; right where nobody can write.</summary>
    private static string AsItIs(string path) => "file:" + path.Replace("%", "%25", StringComparison.Ordinal)
        .Replace("?", "%3f", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal) + "?immutable=1";

    private static AlertDatabase Sound(string path, bool suspect)
    {
        var database = AlertDatabase.Open(path, SqliteOpenMode.ReadWrite);
        try
        {
            Settle(database);
            if ((suspect || new FileInfo(path).Length <= ReadThroughAlways) && Salvage.Fault(database) is { } fault)
                throw new StateException($"{path} is damaged: {fault}") { IsDamage = true };
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static void Settle(AlertDatabase database)
    {
        // auto_vacuum counts only before the first table; FULL because an alert that was shown must survive a power cut too.
        database.Run("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;");
        try
        {
            AlertSchema.Migrate(database.Connection, database.Path);
        }
        catch (SqliteException e)
        {
            throw AlertDatabase.Told(e, database.Path) is { IsDamage: true } damage ? damage
                : new StateException($"{database.Path} cannot be brought up to date: {e.Message}", inner: e);
        }
    }
}

/// <param name="At">When the next attempt is due, or when it ended.</param>
public sealed record DeliveryReport(string Notifier, MailKind Kind, OutboxState State, int Attempts, string? Reason, DateTimeOffset? At);
