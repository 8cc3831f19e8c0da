namespace Canary.Models.Gating;

/// <summary>What becomes of those who open models when the process that judges them dies.</summary>
public enum OnDeath
{
    /// <summary>The gate is gone: the kernel lets them through.</summary>
    End,

    /// <summary>It is started again. Until it stands, the kernel lets them through.</summary>
    Allow,

    /// <summary>It is started again. Until it stands, they are refused.</summary>
    Deny,
}

/// <summary>The words of <c>--on-death</c>.</summary>
public static class OnDeaths
{
    public static string Word(this OnDeath death) => death switch
    {
        OnDeath.Allow => "allow",
        OnDeath.Deny => "deny",
        _ => "end",
    };

    public static bool TryParse(string word, out OnDeath death)
    {
        foreach (var each in (OnDeath[])[OnDeath.End, OnDeath.Allow, OnDeath.Deny])
        {
            if (each.Word() == word)
            {
                death = each;
                return true;
            }
        }

        death = default;
        return false;
    }
}
