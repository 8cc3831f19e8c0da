using Canary.Models.Pickles;

namespace Canary.Models.Formats;

/// <summary>The header of an <c>.npy</c>.</summary>
/// <param name="Type">The description as it is written, or <c>record</c>.</param>
/// <param name="Bytes">Of the whole array; null where that overflows or the type is not known.</param>
internal sealed record NumpyHeader(string Type, IReadOnlyList<long> Shape, bool HasObjects, long? Bytes)
{
    private const int MostDimensions = 64;
    private const int MostDepth = 16;

    /// <summary>Null for what numpy would not take.</summary>
    public static NumpyHeader? Read(string text)
    {
        if (PythonLiteral.Read(text) is not Dictionary<string, object?> { Count: 3 } header
            || !header.TryGetValue("descr", out object? type) || !header.TryGetValue("fortran_order", out object? order)
            || !header.TryGetValue("shape", out object? shape) || order is not bool
            || shape is not object?[] { Length: <= MostDimensions } dimensions || !dimensions.All(d => d is long and >= 0))
            return null;
        if (Element(type, 0) is not { } element)
            return null;
        long[] lengths = [.. dimensions.Cast<long>()];
        return new NumpyHeader(type as string ?? "record", lengths, element.HasObjects, Product(element.Size, lengths));
    }

    private static ElementType? Element(object? type, int depth)
    {
        switch (type)
        {
            case string word:
                return JoblibArrays.Element(word.TrimStart('<', '>', '|', '='));
            case object?[] fields when depth < MostDepth && fields.All(f => f is object?[] { Length: 2 or 3 }):
                var whole = new ElementType(0, false);
                foreach (var field in fields.Cast<object?[]>())
                {
                    if (Element(field[1], depth + 1) is not { } one)
                        return null;
                    long[] shape = field.Length == 3 && field[2] is object?[] lengths && lengths.All(l => l is long and >= 0) ? [.. lengths.Cast<long>()] : [];
                    if (Product(one.Size, shape) is not { } size || size > int.MaxValue || whole.Size + size > int.MaxValue)
                        return null;
                    whole = new ElementType(whole.Size + size, whole.HasObjects || one.HasObjects);
                }

                return whole;
            default:
                return null;
        }
    }

    private static long? Product(long size, long[] lengths)
    {
        Int128 product = size;
        foreach (long length in lengths)
        {
            product *= length;
            if (product > long.MaxValue)
                return null;
        }

        return (long)product;
    }
}
