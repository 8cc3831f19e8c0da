using System.Text;

namespace Canary.Packages.Go;

/// <summary>The directives of a <c>go.mod</c> or <c>go.work</c>, those of a block each with its word (https://go.dev/ref/mod#go-mod-file).</summary>
internal static class GoLines
{
    /// <param name="Word">The directive: <c>require</c>, <c>replace</c>, …</param>
    /// <param name="Tokens">What follows it, unquoted.</param>
    /// <param name="Comment">Behind <c>//</c> on the same line.</param>
    public sealed record Directive(string Word, IReadOnlyList<string> Tokens, string Comment, int Line);

    public static IEnumerable<Directive> Directives(SourceFile file, Inventory into)
    {
        string? block = null;
        int opened = 0, number = 0;
        foreach (string line in Lines(file))
        {
            number++;
            int slashes = line.IndexOf("//", StringComparison.Ordinal);
            // A quoted path may have slashes in it; a comment never begins inside a word.
            while (slashes > 0 && !char.IsWhiteSpace(line[slashes - 1]))
                slashes = line.IndexOf("//", slashes + 1, StringComparison.Ordinal);
            string comment = slashes < 0 ? "" : line[(slashes + 2)..].Trim();
            var tokens = (slashes < 0 ? line : line[..slashes]).Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(Unquoted).ToList();
            if (tokens.Count == 0)
                continue;
            if (block is not null && tokens is [")"])
                block = null;
            else if (block is not null)
                yield return new Directive(block, tokens, comment, number);
            else if (tokens is [_, "("] || tokens is [_] && tokens[0].EndsWith('('))
                (block, opened) = (tokens[0].TrimEnd('('), number);
            else
                yield return new Directive(tokens[0], tokens[1..], comment, number);
        }

        if (block is not null)
            into.Unread(file.Path, opened, $"the block '{block}' is not closed");
    }

    public static string[] Lines(SourceFile file) => Encoding.UTF8.GetString(file.Bytes.Span).TrimStart('\uFEFF').Split('\n');

    /// <summary>Whether a word has the form of a version, and not of a path or a branch.</summary>
    public static bool IsVersion(string text) => text.Length > 1 && text[0] == 'v' && char.IsAsciiDigit(text[1]);

    private static string Unquoted(string token) => token.Length > 1 && token[0] == token[^1] && token[0] is '"' or '`' ? token.Trim(token[0]) : token;
}
