using System.Text;
using Canary.Text;

namespace Canary.Inspection;

/// <summary>What the bytes of a file say.</summary>
/// <param name="Type">One of <see cref="FileType"/>.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Text">Its text; null for what is none.</param>
public sealed record FileFacts(string Type, long Size, string? Text)
{
    /// <summary>In characters.</summary>
    public int LongestLine { get; init; }

    public HiddenText? Hidden { get; init; }

    /// <summary>Lines in which a direction of writing is changed and not changed back: they look to a reader as they are not (CVE-2021-42574).</summary>
    public int OpenDirections { get; init; }

    /// <summary>Of a .NET assembly: the members of other assemblies that it names, as <c>System.Diagnostics.Process::Start</c>.</summary>
    public string[] Imports { get; init; } = [];

    /// <summary>Of a .NET assembly: whether code of its own runs as soon as it is loaded; null for other files.</summary>
    public bool? ModuleInitializer { get; init; }

    /// <summary>Of a NuGet package that was not unpacked: what its signature claims; null for other files.</summary>
    public NuGetSignature? Signature { get; init; }

    /// <param name="bytes">Of the file, whole or its beginning.</param>
    public static FileFacts Of(ReadOnlySpan<byte> bytes, long size)
    {
        string type = FileType.Of(bytes[..Math.Min(bytes.Length, 4096)]);
        if (!FileType.IsText(type))
            return new FileFacts(type, size, null);
        string text = Decode(bytes);
        return new FileFacts(type, size, text) { LongestLine = Longest(text), Hidden = HiddenText.Find(text), OpenDirections = Open(text) };
    }

    private static string Decode(ReadOnlySpan<byte> bytes) =>
        !FileType.IsUtf16(bytes) ? Encoding.UTF8.GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes)
        : bytes[0] == 0xff ? Encoding.Unicode.GetString(bytes[2..]) : Encoding.BigEndianUnicode.GetString(bytes[2..]);

    private static int Longest(string text)
    {
        int longest = 0;
        foreach (var line in text.AsSpan().Split('\n'))
            longest = Math.Max(longest, line.End.Value - line.Start.Value);
        return longest;
    }

    private static int Open(string text)
    {
        int lines = 0;
        for (int at = Next(text, 0); at >= 0;)
        {
            int end = text.IndexOf('\n', at) is >= 0 and int found ? found : text.Length, depth = 0;
            foreach (char c in text.AsSpan(at, end - at))
                depth += Opens(c) ? 1 : c is '\u202C' or '\u2069' ? -1 : 0;
            if (depth > 0)
                lines++;
            at = Next(text, end);
        }

        return lines;
    }

    private static bool Opens(char c) => c is '\u202A' or '\u202B' or '\u202D' or '\u202E' or '\u2066' or '\u2067' or '\u2068';

    // A range and no set: within an AOT binary a set of characters beyond ASCII is searched for twenty times as slowly, and that was two fifths
    // of a scan's time.
    private static int Next(string text, int from)
    {
        while (text.AsSpan(from).IndexOfAnyInRange('\u202A', '\u2068') is >= 0 and int at)
        {
            from += at;
            if (Opens(text[from]))
                return from;
            from++;
        }

        return -1;
    }
}
