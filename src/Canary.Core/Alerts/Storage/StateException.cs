namespace Canary.Alerts.Storage;

/// <summary>The state directory cannot be used. The message is for the user: what is wrong and the way out.</summary>
public sealed class StateException(string message, bool inUse = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Another Canary owns the directory; all else is a fault of the directory itself.</summary>
    public bool InUse { get; } = inUse;
}
