namespace Canary.Models;

/// <summary>What is thought of a model file, best first: the worst of all that was found in it counts.</summary>
public enum ModelVerdict : byte
{
    /// <summary>Understood whole, and nothing in it can do more than hold numbers.</summary>
    Allow,

    /// <summary>Something in it is not known to be harmless. A developer is warned; a gate denies.</summary>
    Unknown,

    /// <summary>It runs something, it is not what it says, or it is damaged in a way that loaders trip over.</summary>
    Deny,
}

/// <summary>The contract's words for verdicts.</summary>
public static class ModelVerdicts
{
    public static string Word(this ModelVerdict verdict) => verdict switch
    {
        ModelVerdict.Allow => "allow",
        ModelVerdict.Unknown => "unknown",
        _ => "deny",
    };
}
