namespace Canary.Commands;

/// <summary>The contract's exit codes. When several hold, the first of 2, 5, 4, 3, 1, 0 is returned.</summary>
internal static class ExitCode
{
    public const int Clean = 0;
    public const int Findings = 1;

    /// <summary>Usage, configuration or rule error.</summary>
    public const int Usage = 2;

    /// <summary>Nothing was scanned, or something that should have been read could not be.</summary>
    public const int Unread = 3;

    /// <summary>The index or lock needed is missing or stale.</summary>
    public const int Stale = 4;

    /// <summary>Canary itself could not do its work.</summary>
    public const int Unable = 5;

    /// <summary><c>canary run</c>: findings fail the gate.</summary>
    public const int GateFailed = 120;

    /// <summary><c>canary run</c>: Canary could not watch.</summary>
    public const int RunUnwatched = 125;
}
