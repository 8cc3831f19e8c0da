namespace Canary.Models.Gating;

/// <summary>What keeps a file as it is once all of its bytes were compared.</summary>
public enum ModelSeal
{
    /// <summary>Nothing: each read goes on being compared.</summary>
    None,

    /// <summary>The immutable flag, until the gate ends.</summary>
    Flag,

    /// <summary>
    /// fs-verity, for good: nobody writes to the file any more, and the kernel holds each page against a hash tree when it reads it from the
    /// disk. Where it is not to be had, the flag.
    /// </summary>
    Verity,
}

/// <summary>The words of <c>--seal</c>.</summary>
public static class ModelSeals
{
    public static string Word(this ModelSeal seal) => seal switch
    {
        ModelSeal.None => "none",
        ModelSeal.Verity => "verity",
        _ => "flag",
    };

    public static bool TryParse(string word, out ModelSeal seal)
    {
        foreach (var each in (ModelSeal[])[ModelSeal.None, ModelSeal.Flag, ModelSeal.Verity])
        {
            if (each.Word() == word)
            {
                seal = each;
                return true;
            }
        }

        seal = default;
        return false;
    }
}
