namespace Canary.Names;

/// <summary>The words for likenesses in reports and rules.</summary>
public static class LikenessWords
{
    public static string Of(LikenessStrength strength) => strength switch
    {
        LikenessStrength.Certain => "certain",
        LikenessStrength.Likely => "likely",
        _ => "weak",
    };

    public static string Of(LikenessKind kind) => kind switch
    {
        LikenessKind.UnicodeConfusable => "unicode-confusable",
        LikenessKind.HiddenCharacter => "hidden-character",
        LikenessKind.Swapped => "swapped",
        LikenessKind.Doubled => "doubled",
        LikenessKind.Omitted => "omitted",
        LikenessKind.Added => "added",
        LikenessKind.Replaced => "replaced",
        LikenessKind.KeyboardNeighbour => "keyboard-neighbour",
        LikenessKind.LookAlike => "look-alike",
        LikenessKind.Separator => "separator",
        LikenessKind.Scope => "scope",
        LikenessKind.Permuted => "permuted",
        _ => "affix",
    };
}
