namespace Canary.Names;

/// <summary>The one edit that makes a name of another.</summary>
/// <param name="At">Where, in the wrong name.</param>
/// <param name="Wrong">The character that stands there, or that was put in; 0 where one is left out.</param>
/// <param name="Right">The character that should stand there, or that is left out; 0 where one was put in.</param>
internal readonly record struct Slip(LikenessKind Kind, int At, char Wrong, char Right)
{
    private const string Keys = "1234567890-\0qwertyuiop\0\0asdfghjkl\0\0\0zxcvbnm";
    private const int KeysInRow = 12;

    /// <summary>Null where more or less than one edit lies between the two; two neighbours that changed places are one.</summary>
    public static Slip? Between(ReadOnlySpan<char> wrong, ReadOnlySpan<char> right)
    {
        int same = wrong.CommonPrefixLength(right);
        switch (wrong.Length - right.Length)
        {
            case 0 when same + 1 < wrong.Length && wrong[same] == right[same + 1] && wrong[same + 1] == right[same] && wrong[(same + 2)..].SequenceEqual(right[(same + 2)..]):
                return new Slip(LikenessKind.Swapped, same, wrong[same], right[same]);
            case 0 when same < wrong.Length && wrong[(same + 1)..].SequenceEqual(right[(same + 1)..]):
                char is_ = wrong[same], should = right[same];
                return new Slip(LooksLike(is_, should) ? LikenessKind.LookAlike : AreNeighbours(is_, should) ? LikenessKind.KeyboardNeighbour : LikenessKind.Replaced, same, is_, should);
            case 1 when wrong[(same + 1)..].SequenceEqual(right[same..]):
                return new Slip(same > 0 && wrong[same] == wrong[same - 1] ? LikenessKind.Doubled : LikenessKind.Added, same, wrong[same], '\0');
            case -1 when wrong[same..].SequenceEqual(right[(same + 1)..]):
                return new Slip(LikenessKind.Omitted, same, '\0', right[same]);
            default:
                return null;
        }
    }

    /// <summary>Whether two keys touch on a keyboard of the American layout.</summary>
    public static bool AreNeighbours(char a, char b)
    {
        int one = Keys.IndexOf(a, StringComparison.Ordinal), other = Keys.IndexOf(b, StringComparison.Ordinal);
        if (one < 0 || other < 0)
            return false;
        int down = other / KeysInRow - one / KeysInRow, right = other % KeysInRow - one % KeysInRow;
        // Each row stands a little to the right of the one above.
        return (down, right) is (0, 1 or -1) or (1, 0 or -1) or (-1, 0 or 1);
    }

    private static bool LooksLike(char a, char b) => (a, b) is ('0', 'o') or ('o', '0') or ('1', 'l') or ('l', '1') or ('i', 'l') or ('l', 'i') or ('1', 'i') or ('i', '1') or ('5', 's') or ('s', '5');
}
