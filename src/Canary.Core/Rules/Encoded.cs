using System.Text;

namespace Canary.Rules;

/// <summary>A text value on its way through the modifiers: still text, or bytes that wait for base64.</summary>
internal sealed record Encoded(SigmaText Text, byte[]? Bytes, bool Cased)
{
    // The characters of an encoding that also depend on what stands before and behind the value.
    private static readonly int[] SkipAtStart = [0, 2, 3];
    private static readonly int[] CutAtEnd = [0, 3, 2];

    /// <summary>As text again; bytes stand as characters of the same number, which is how a log shows wide text.</summary>
    public SigmaText Plain() => Bytes is null ? Text : SigmaText.Literally(Encoding.Latin1.GetString(Bytes));

    public ValueTest Test() => new GlobTest(new Glob(Plain(), Cased));

    public Encoded InBytes(Encoding encoding, byte[] mark) => this with { Bytes = [.. mark, .. encoding.GetBytes(Literal())] };

    public Encoded Base64() => AsCased(Convert.ToBase64String(Raw()));

    /// <summary>The three ways in which the value can lie in the groups of three bytes that base64 encodes.</summary>
    public IEnumerable<Encoded> Base64Offsets()
    {
        byte[] raw = Raw();
        for (int shift = 0; shift < 3; shift++)
        {
            string text = Convert.ToBase64String([.. new byte[shift], .. raw]);
            int end = text.Length - CutAtEnd[(raw.Length + shift) % 3];
            int start = SkipAtStart[shift];
            yield return AsCased(start < end ? text[start..end] : throw new ModifierFault("too short for base64offset"));
        }
    }

    private static Encoded AsCased(string text) => new(SigmaText.Literally(text), null, Cased: true);

    private byte[] Raw() => Bytes ?? Encoding.UTF8.GetBytes(Literal());

    private string Literal() => Text.IsLiteral ? Text.Characters : throw new ModifierFault("wildcards cannot be encoded");
}
