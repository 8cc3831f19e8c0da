namespace Canary.Registries;

/// <summary>A registry that could not be asked, or whose answer is none. The message is a part of a sentence: <c>it answered 403</c>.</summary>
public sealed class RegistryException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>The registry itself does not answer, so that asking it for the next package is of little use.</summary>
    public bool IsOutage { get; init; }
}
