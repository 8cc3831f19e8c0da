namespace Canary.Findings;

/// <summary>Sigma's levels, lowest first.</summary>
public enum Level
{
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

public static class Levels
{
    /// <summary>The word that Sigma, NDJSON and canary.yml use.</summary>
    public static string Word(this Level level) => level switch
    {
        Level.Informational => "informational",
        Level.Low => "low",
        Level.Medium => "medium",
        Level.High => "high",
        _ => "critical",
    };

    public static bool TryParse(string word, out Level level)
    {
        for (level = Level.Informational; level <= Level.Critical; level++)
        {
            if (word.Equals(level.Word(), StringComparison.OrdinalIgnoreCase))
                return true;
        }

        level = default;
        return false;
    }
}
