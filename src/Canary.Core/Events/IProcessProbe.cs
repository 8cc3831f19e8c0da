namespace Canary.Events;

/// <summary>What can be asked of a process that is still alive, when an event alone does not say it.</summary>
public interface IProcessProbe
{
    /// <summary>One variable of its environment, as it was at exec; null when unset, gone or not readable.</summary>
    string? Variable(int pid, string name);

    /// <summary>The account name of a user id, or the number when none is known.</summary>
    string UserName(uint uid);

    /// <summary>A process that no sensor told of, from the system's own process table; null when it is gone.</summary>
    ProcessExecuted? Describe(int pid);
}
