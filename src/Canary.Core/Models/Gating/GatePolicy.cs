namespace Canary.Models.Gating;

/// <summary>What the gate refuses. Everything is reported under each of them.</summary>
public enum GatePolicy
{
    /// <summary>Nothing.</summary>
    Observe,

    /// <summary>Bytes that differ from the lock.</summary>
    DenyChanged,

    /// <summary>Those, and files in the guarded directories that no lock names.</summary>
    DenyUnknown,
}

/// <summary>The words of <c>--policy</c>.</summary>
public static class GatePolicies
{
    public static string Word(this GatePolicy policy) => policy switch
    {
        GatePolicy.Observe => "observe",
        GatePolicy.DenyChanged => "deny-changed",
        _ => "deny-unknown",
    };

    public static bool TryParse(string word, out GatePolicy policy)
    {
        foreach (var each in (GatePolicy[])[GatePolicy.Observe, GatePolicy.DenyChanged, GatePolicy.DenyUnknown])
        {
            if (each.Word() == word)
            {
                policy = each;
                return true;
            }
        }

        policy = default;
        return false;
    }
}
