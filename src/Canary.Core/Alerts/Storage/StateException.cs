namespace Canary.Alerts.Storage;

/// <summary>The state directory cannot be used. The message is for the user: what is wrong and the way out.</summary>
public sealed class StateException(string message, bool inUse = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Another Canary owns the directory; all else is a fault of the directory itself.</summary>
    public bool InUse { get; } = inUse;

    /// <summary>The disk is full, read-only or broken: nothing that a right or another name would mend.</summary>
    public bool IsOfTheDisk => InnerException switch
    {
        // SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL
        Microsoft.Data.Sqlite.SqliteException e => e.SqliteErrorCode is 8 or 10 or 13,
        // EIO, ENOSPC, EROFS, EDQUOT; ERROR_WRITE_PROTECT, ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
        IOException e => e.HResult is 5 or 28 or 30 or 122 or unchecked((int)0x80070013) or unchecked((int)0x80070027) or unchecked((int)0x80070070),
        _ => false,
    };

    /// <summary>What is stored there cannot be read any more, in part or at all.</summary>
    public bool IsDamage { get; init; }
}
