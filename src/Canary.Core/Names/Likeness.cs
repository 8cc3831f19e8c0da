namespace Canary.Names;

/// <summary>How a name imitates another.</summary>
public enum LikenessKind : byte
{
    /// <summary>Letters of another script that look like ASCII ones.</summary>
    UnicodeConfusable,

    /// <summary>Characters that are not seen at all.</summary>
    HiddenCharacter,

    /// <summary>Two neighbours changed places: <c>reqeusts</c>.</summary>
    Swapped,

    /// <summary>A letter stands twice: <c>requestss</c>.</summary>
    Doubled,

    /// <summary>A letter is left out: <c>requsts</c>.</summary>
    Omitted,

    /// <summary>A letter is put in.</summary>
    Added,

    /// <summary>One letter is another.</summary>
    Replaced,

    /// <summary>The letter is that of the key beside.</summary>
    KeyboardNeighbour,

    /// <summary>ASCII that looks alike: <c>rn</c> and <c>m</c>, <c>0</c> and <c>o</c>, <c>1</c>, <c>i</c> and <c>l</c>.</summary>
    LookAlike,

    /// <summary>A separator is another one, elsewhere, or missing: <c>crossenv</c>.</summary>
    Separator,

    /// <summary>The scope is written into the name, or the other way round: <c>types-node</c>.</summary>
    Scope,

    /// <summary>The same words in another order.</summary>
    Permuted,

    /// <summary>A word before or behind that says nothing: <c>-js</c>, <c>.Net</c>, <c>python-</c>.</summary>
    Affix,
}

/// <summary>How sure it is that the likeness is meant to deceive.</summary>
public enum LikenessStrength : byte
{
    /// <summary>Honest packages are often so named: worth a look only beside something else.</summary>
    Weak,

    /// <summary>Fewer than one in a thousand honest names is so.</summary>
    Likely,

    /// <summary>No honest package is so named.</summary>
    Certain,
}

/// <summary>A name and the popular one that it looks like.</summary>
/// <param name="Target">As its registry writes it; null where a name deceives, and none that is known is meant.</param>
/// <param name="Why">One sentence; the name itself, which is hostile, is not in it.</param>
public sealed record Likeness(LikenessKind Kind, LikenessStrength Strength, string? Target, string Why);
