using System.Text.RegularExpressions;

namespace Canary.Packages.NuGet;

/// <summary>The lines of a script that begin with <c>#</c> and tell its runner something.</summary>
internal static class ScriptDirectives
{
    /// <summary>Those that match, with their lines; one too long to be looked at is reported.</summary>
    public static IEnumerable<(int Line, Match Match)> Of(SourceFile file, Regex directive, int longest, Inventory into)
    {
        foreach (var (number, line) in SourceText.Lines(SourceText.Of(file)))
        {
            if (!line.AsSpan().TrimStart().StartsWith("#", StringComparison.Ordinal))
                continue;
            if (line.Length > longest)
                into.Unread(file.Path, number, $"a directive of more than {longest:N0} characters");
            else if (directive.Match(line) is { Success: true } match)
                yield return (number, match);
        }
    }
}
