using System.Buffers;

namespace Canary.Advisories.Sources;

/// <summary>What is known about a source before it is read: from <c>sources.yml</c> beside it, or only its name.</summary>
/// <param name="Campaign">Of everything in it that names no other.</param>
internal sealed record SourceTerms(string Name, string Origin, string Licence, string? Campaign)
{
    /// <summary>Headings of a list → campaign.</summary>
    public IReadOnlyDictionary<string, string> Campaigns { get; init; } = new Dictionary<string, string>();

    /// <summary>Headings under which other campaigns stand as well → the likely one.</summary>
    public IReadOnlyDictionary<string, string> Presumed { get; init; } = new Dictionary<string, string>();

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    public static SourceTerms Of(string path) => new(Path.GetFileName(path), path, "", null);

    /// <summary>A SHA-256 in hexadecimal.</summary>
    public static bool IsDigest(ReadOnlySpan<char> text) => text.Length == 64 && !text.ContainsAnyExcept(Hexadecimal);

    /// <summary>A word for a version or a name: no space, no control, of bearable length.</summary>
    public static bool IsWord(string text) => text.Length is > 0 and <= 500 && text.All(c => c > ' ' && c != '\x7f' && !char.IsSurrogate(c));
}
