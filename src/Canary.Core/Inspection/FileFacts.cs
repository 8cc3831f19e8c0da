using System.Text;

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

    /// <summary>Of a .NET assembly: the members of other assemblies that it names, as <c>System.Diagnostics.Process::Start</c>.</summary>
    public string[] Imports { get; init; } = [];

    /// <summary>Of a .NET assembly: whether code of its own runs as soon as it is loaded; null for other files.</summary>
    public bool? ModuleInitializer { get; init; }

    /// <param name="bytes">Of the file, whole or its beginning.</param>
    public static FileFacts Of(ReadOnlySpan<byte> bytes, long size)
    {
        string type = FileType.Of(bytes[..Math.Min(bytes.Length, 4096)]);
        if (!FileType.IsText(type))
            return new FileFacts(type, size, null);
        string text = Decode(bytes);
        return new FileFacts(type, size, text) { LongestLine = Longest(text), Hidden = HiddenText.Find(text) };
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
}
