using System.Globalization;

namespace Canary.Models.Pickles;

/// <summary>How joblib notes the arrays whose bytes it puts between the instructions of a pickle (<c>joblib.numpy_pickle.NumpyArrayWrapper</c>).</summary>
internal static class JoblibArrays
{
    private const int ObjectsFlag = 1;

    public static bool IsWrapper(ImportedValue imported) => imported.Name == "NumpyArrayWrapper"
        && imported.Module is "joblib.numpy_pickle" or "sklearn.externals.joblib.numpy_pickle";

    /// <summary>Of a dtype that is being made; null for everything else.</summary>
    public static ElementType? Element(ImportedValue maker, TupleValue? arguments, PickleReader reader) =>
        maker.Is("numpy", "dtype") && arguments?.Values is [TextValue { Length: <= 16 } word, ..] && PickleText.Read(reader, word) is { } text
            ? Element(text) : null;

    /// <summary>Of numpy's words for types without byte order: <c>f8</c>, <c>U5</c>, <c>V16</c>.</summary>
    public static ElementType? Element(string word)
    {
        if (word.Length == 0)
            return null;
        if (word == "O")
            return new ElementType(8, true);
        if (word[0] is 'M' or 'm')
            return new ElementType(8, false);
        if (word == "?")
            return new ElementType(1, false);
        if (!int.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size < 0)
            return null;
        return word[0] switch
        {
            'O' => new ElementType(size, true),
            'U' => new ElementType(size * 4L, false),
            'b' or 'i' or 'u' or 'f' or 'c' or 'S' or 'V' or 'a' => new ElementType(size, false),
            _ => null,
        };
    }

    /// <summary>What BUILD makes of a dtype: its state tells whether a record has objects among its fields.</summary>
    public static ElementType? Built(MadeValue made, PickleValue state)
    {
        if (made.Element is null || state is not TupleValue { Values: [_, _, _, _, _, NumberValue size, _, NumberValue flags, ..] })
            return made.Element;
        return new ElementType(size.Number > 0 ? size.Number : made.Element.Size, made.Element.HasObjects || (flags.Number & ObjectsFlag) != 0);
    }

    /// <summary>In bytes; null where it is not known or overflows.</summary>
    public static long? Bytes(ArrayState? array)
    {
        if (array is not { Shape: { } shape, Element: { } element } || shape.Values.Length != shape.Count)
            return null;
        Int128 bytes = element.Size;
        foreach (var dimension in shape.Values)
        {
            if (dimension is not NumberValue { Number: >= 0 and var length })
                return null;
            bytes *= length;
            if (bytes > long.MaxValue)
                return null;
        }

        return (long)bytes;
    }
}
