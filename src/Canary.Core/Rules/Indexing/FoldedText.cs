using System.Buffers;
using System.Text;

namespace Canary.Rules.Indexing;

/// <summary>
/// A text as the index compares it: a byte for each character, in capitals. What is beyond ASCII becomes a byte that no literal of the
/// index has. Reused from text to text.
/// </summary>
internal sealed class FoldedText
{
    public const byte NotAscii = 0x80;

    /// <summary>Zero bytes that follow the text, so that eight bytes can be read at each of its characters.</summary>
    public const int Padding = 8;

    // One event may carry megabytes; the next thousand do not.
    private const int MostKept = 256 * 1024;

    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    /// <summary>The text was ASCII alone.</summary>
    public bool IsAscii { get; private set; }

    public ReadOnlySpan<byte> Text => _bytes.AsSpan(0, Length);

    public ReadOnlySpan<byte> Padded => _bytes.AsSpan(0, Length + Padding);

    public void Fold(ReadOnlySpan<char> text)
    {
        if (_bytes.Length < text.Length + Padding || (_bytes.Length > MostKept && text.Length < MostKept / 2))
            _bytes = new byte[Math.Max(4096, text.Length + (text.Length / 2) + Padding)];
        Length = text.Length;
        IsAscii = true;
        var into = _bytes.AsSpan();
        while (Ascii.ToUpper(text, into, out int done) == OperationStatus.InvalidData)
        {
            IsAscii = false;
            // Texts of other scripts come in runs; starting anew for each of their characters would cost ten times as much.
            do
                into[done++] = NotAscii;
            while (done < text.Length && !char.IsAscii(text[done]));
            text = text[done..];
            into = into[done..];
        }

        _bytes.AsSpan(Length, Padding).Clear();
    }
}
