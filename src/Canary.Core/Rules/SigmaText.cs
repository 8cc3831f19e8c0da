namespace Canary.Rules;

/// <summary>
/// A string value of a rule, escapes resolved: characters, each with what it stands for. Immutable; modifiers make new ones.
/// </summary>
internal sealed class SigmaText
{
    private SigmaText(string characters, Mark[] marks)
    {
        Characters = characters;
        Marks = marks;
    }

    /// <summary>What a character of a value stands for.</summary>
    internal enum Mark : byte
    {
        Literal,

        /// <summary>A literal that was escaped in the source, so it cannot escape what follows.</summary>
        Escaped,

        /// <summary><c>*</c></summary>
        Any,

        /// <summary><c>?</c></summary>
        One,

        /// <summary>Any of the five dashes that Windows programs take for one (<c>windash</c>).</summary>
        Dash,
    }

    public string Characters { get; }

    public Mark[] Marks { get; }

    public bool HasWildcards => Array.Exists(Marks, m => m is Mark.Any or Mark.One);

    public bool IsLiteral => Array.TrueForAll(Marks, m => m is Mark.Literal or Mark.Escaped);

    /// <summary>A backslash escapes only <c>*</c>, <c>?</c> and itself; before anything else, and at the end, it is a backslash.</summary>
    public static SigmaText Parse(string raw)
    {
        var characters = new char[raw.Length];
        var marks = new Mark[raw.Length];
        int length = 0;
        for (int i = 0; i < raw.Length; i++, length++)
        {
            char c = raw[i];
            if (c == '\\' && i + 1 < raw.Length && raw[i + 1] is '*' or '?' or '\\')
                (characters[length], marks[length]) = (raw[++i], Mark.Escaped);
            else
                (characters[length], marks[length]) = (c, c switch { '*' => Mark.Any, '?' => Mark.One, _ => Mark.Literal });
        }

        return new SigmaText(new string(characters, 0, length), marks[..length]);
    }

    /// <summary>Every character stands for itself.</summary>
    public static SigmaText Literally(string text) => new(text, new Mark[text.Length]);

    public SigmaText StartingWithAny() => Marks is [Mark.Any, ..] ? this : new("*" + Characters, [Mark.Any, .. Marks]);

    public SigmaText EndingWithAny() => Marks is [.., Mark.Any] ? this : new(Characters + "*", [.. Marks, Mark.Any]);

    public SigmaText WithMark(int index, Mark mark)
    {
        var marks = (Mark[])Marks.Clone();
        marks[index] = mark;
        return new SigmaText(Characters, marks);
    }

    public SigmaText Slice(int start, int end) => new(Characters[start..end], Marks[start..end]);

    public static SigmaText Concat(SigmaText left, SigmaText right) => new(left.Characters + right.Characters, [.. left.Marks, .. right.Marks]);
}
