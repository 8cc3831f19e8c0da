using System.Buffers;
using Canary.Packages;

namespace Canary.Names;

/// <summary>
/// The forms under which two names that look alike are one, as hashes: the name with each one letter left out (two names within one edit of
/// another share such a form), without separators, with its words in order, as it looks, and without words that say nothing.
/// </summary>
internal static class NameForms
{
    /// <summary>Longer names resemble none: the longest popular one has 76 characters.</summary>
    public const int MostLength = 128;

    /// <summary>Of a name of that length.</summary>
    public const int MostForms = MostLength + 8;

    /// <summary>Shorter names are within one edit of too many.</summary>
    public const int LeastForEdits = 5;

    private static readonly SearchValues<char> Separators = SearchValues.Create("-_./@");

    private const int MostWords = 12;

    // Words that many names carry and that tell nothing of what is inside.
    private static readonly string[] Fillers = ["library", "python", "core", "node", "rust", "lib", "net", "api", "sdk", "js", "ts", "py", "rs"];

    /// <summary>As the registry compares names, and in lower case; returns its length.</summary>
    public static int Normal(string ecosystem, ReadOnlySpan<char> name, Span<char> into)
    {
        int length = PackageName.Normalise(ecosystem, name, into);
        return PackageName.Lower(into[..length], into);
    }

    /// <summary>Writes the hashes of all forms and returns how many; at most <see cref="MostForms"/>.</summary>
    /// <param name="normal">At most <see cref="MostLength"/> characters.</param>
    public static int Of(ReadOnlySpan<char> normal, Span<uint> into)
    {
        int count = 0;
        if (normal.Length >= LeastForEdits)
            count = Edits(normal, into);
        Span<char> text = stackalloc char[MostLength];
        into[count++] = Hash('j', text[..Joined(normal, text)]);
        into[count++] = Hash('l', text[..Look(normal, text)]);
        int bare = Bare(normal, text);
        if (bare >= LeastForEdits)
            into[count++] = Hash('b', text[..bare]);
        Span<Range> words = stackalloc Range[MostWords];
        words = words[..Words(normal, words)];
        if (words.Length < 2)
            return count;
        Sort(normal, words);
        into[count++] = Hash('w', text[..Join(normal, words, "-", text)]);
        return count;
    }

    public static bool IsSeparator(char c) => Separators.Contains(c);

    /// <summary>Without separators.</summary>
    public static int Joined(ReadOnlySpan<char> normal, Span<char> into)
    {
        int length = 0;
        foreach (char c in normal)
        {
            if (!IsSeparator(c))
                into[length++] = c;
        }

        return length;
    }

    /// <summary>What a name looks like in a poor font: letters and digits that one takes for each other are one.</summary>
    public static int Look(ReadOnlySpan<char> normal, Span<char> into)
    {
        int length = 0;
        for (int i = 0; i < normal.Length; i++)
        {
            char next = i + 1 < normal.Length ? normal[i + 1] : '\0';
            char look = (normal[i], next) switch
            {
                ('r', 'n') => 'm',
                ('v', 'v') => 'w',
                ('0', _) => 'o',
                ('1' or 'i', _) => 'l',
                ('5', _) => 's',
                var (c, _) => c,
            };
            if (look != normal[i] && look is 'm' or 'w' && normal[i] is 'r' or 'v' && next is 'n' or 'v')
                i++;
            into[length++] = look;
        }

        return length;
    }

    /// <summary>The words between separators, at most as many as fit; the last takes the rest.</summary>
    public static int Words(ReadOnlySpan<char> normal, Span<Range> into)
    {
        int count = 0;
        for (int at = 0; at < normal.Length;)
        {
            int end = count == into.Length - 1 ? -1 : normal[at..].IndexOfAny(Separators);
            end = end < 0 ? normal.Length : at + end;
            if (end > at)
                into[count++] = at..end;
            at = end + 1;
        }

        return count;
    }

    private static int Edits(ReadOnlySpan<char> normal, Span<uint> into)
    {
        int count = 0;
        into[count++] = Hash('e', normal);
        ulong before = Start('e');
        for (int left = 0; left < normal.Length; left++)
        {
            // Which of two equal neighbours is left out makes no difference.
            if (left == 0 || normal[left] != normal[left - 1])
                into[count++] = Mixed(Added(before, normal[(left + 1)..]));
            before = Added(before, normal[left..(left + 1)]);
        }

        return count;
    }

    /// <summary>Without the words at both ends that say nothing, and without separators.</summary>
    public static int Bare(ReadOnlySpan<char> normal, Span<char> into)
    {
        Span<Range> all = stackalloc Range[MostWords];
        ReadOnlySpan<Range> words = all[..Words(normal, all)];
        while (words.Length > 1 && IsFiller(normal[words[^1]]))
            words = words[..^1];
        while (words.Length > 1 && IsFiller(normal[words[0]]))
            words = words[1..];
        int length = Join(normal, words, "", into);
        foreach (string filler in Fillers)
        {
            if (length - filler.Length >= LeastForEdits && into[..length].EndsWith(filler))
                return length - filler.Length;
            if (length - filler.Length >= LeastForEdits && filler.Length > 3 && into[..length].StartsWith(filler))
            {
                into[filler.Length..length].CopyTo(into);
                return length - filler.Length;
            }
        }

        return length;
    }

    private static bool IsFiller(ReadOnlySpan<char> word)
    {
        foreach (string filler in Fillers)
        {
            if (word.SequenceEqual(filler))
                return true;
        }

        return false;
    }

    private static int Join(ReadOnlySpan<char> normal, ReadOnlySpan<Range> words, string between, Span<char> into)
    {
        int length = 0;
        foreach (var word in words)
        {
            if (length > 0)
            {
                between.CopyTo(into[length..]);
                length += between.Length;
            }

            normal[word].CopyTo(into[length..]);
            length += normal[word].Length;
        }

        return length;
    }

    private static void Sort(ReadOnlySpan<char> normal, Span<Range> words)
    {
        for (int i = 1; i < words.Length; i++)
        {
            var word = words[i];
            int at = i;
            for (; at > 0 && normal[words[at - 1]].SequenceCompareTo(normal[word]) > 0; at--)
                words[at] = words[at - 1];
            words[at] = word;
        }
    }

    /// <summary>Of a whole name, for membership.</summary>
    public static ulong Whole(ReadOnlySpan<char> normal) => Finished(Added(Start('n'), normal));

    private static uint Hash(char form, ReadOnlySpan<char> text) => Mixed(Added(Start(form), text));

    // FNV-1a over UTF-16, then MurmurHash3's finaliser.
    private static ulong Start(char form) => (14695981039346656037 ^ form) * 1099511628211;

    private static ulong Added(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (char c in text)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    private static uint Mixed(ulong hash) => (uint)(Finished(hash) >> 32);

    private static ulong Finished(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
