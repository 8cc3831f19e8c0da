namespace Canary.Services;

/// <summary>What starts, watches and ends programs on a system: systemd, or Windows' service control manager.</summary>
internal interface IServiceHost
{
    /// <summary>Its name for people.</summary>
    string Name { get; }

    /// <summary>Why nothing can be changed here, with the way out; null where it can.</summary>
    string? Lack { get; }

    /// <summary>What an installation does, in order. Looks, and changes nothing.</summary>
    ServicePlan Install();

    /// <summary>What a removal does, in order.</summary>
    /// <param name="purge">The state goes as well.</param>
    ServicePlan Remove(bool purge);

    /// <summary>How it stands at this moment.</summary>
    /// <exception cref="ServiceException">It cannot be told.</exception>
    ServiceState Ask();
}

/// <summary>A change of the system that a person may read before it is made.</summary>
/// <param name="Refusal">What is in the way, with the way out; null when nothing is. The steps are then for reading only.</param>
internal sealed record ServicePlan(IReadOnlyList<ServiceStep> Steps, string? Refusal = null);

/// <param name="Words">One step, as an order: «write …», «start …».</param>
/// <param name="Do">Does it; null for a step that says what another one brings with it.</param>
internal sealed record ServiceStep(string Words, Action? Do = null)
{
    /// <summary>In place of <see cref="Do"/>: does it as far as this system can, and says what it could not; null when all was done.</summary>
    public Func<string?>? Try { get; init; }

    /// <summary>True when it changes something.</summary>
    public bool IsChange => Do is not null || Try is not null;

    /// <summary>What is to be said of it afterwards, or null.</summary>
    public string? Run()
    {
        Do?.Invoke();
        return Try?.Invoke();
    }
}

/// <param name="Since">When the program that runs now was started, or the last one ended; null where it never ran.</param>
/// <param name="ExitCode">Of the last run that ended; null where none did.</param>
/// <param name="Definition">The file or entry that defines it; null where there is none.</param>
internal sealed record ServiceState(
    bool IsInstalled, bool IsEnabled, bool IsRunning, string Words, int? ProcessId = null, DateTimeOffset? Since = null, int? ExitCode = null, string? Definition = null);

/// <summary>A step failed. The message is for the user: what, and the way out.</summary>
internal sealed class ServiceException(string message, Exception? inner = null) : Exception(message, inner);
