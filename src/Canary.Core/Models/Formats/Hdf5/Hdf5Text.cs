namespace Canary.Models.Formats.Hdf5;

/// <summary>A value that is text, or a part of one.</summary>
/// <param name="At">The address that it is reported at.</param>
internal readonly record struct Hdf5Text(ModelBytes Bytes, long At)
{
    private const int PeekBytes = 64, MostBlanks = 64 * 1024;

    /// <summary>An object, or a list of objects. Blanks may stand before it, as JSON has it.</summary>
    /// <param name="blank">What begins with many blanks; to look behind them costs more.</param>
    public bool BeginsLikeJson(out bool blank)
    {
        bool? begins = Begins(Bytes.Read(0, PeekBytes));
        blank = begins is null && Bytes.Length > PeekBytes;
        return begins ?? (blank && (Begins(Bytes.Read(0, MostBlanks)) ?? Bytes.Length > MostBlanks));
    }

    private static bool? Begins(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
            return null;
        var next = text[1..].TrimStart(" \t\r\n"u8);
        return text[0] switch
        {
            (byte)'{' => next.IsEmpty ? null : next[0] is (byte)'"' or (byte)'}',
            (byte)'[' => next.IsEmpty ? null : next[0] is (byte)'{',
            _ => false,
        };
    }
}
