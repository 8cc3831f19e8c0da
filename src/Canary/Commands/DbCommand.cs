using System.CommandLine;
using Canary.Advisories;

namespace Canary.Commands;

/// <summary><c>canary db</c>: the offline index of known-bad packages.</summary>
internal static class DbCommand
{
    public static readonly Option<string[]> Trust = new("--trust") { Description = "public key (PEM, P-256) whose signature makes an index believed; may be repeated", HelpName = "KEY", DefaultValueFactory = _ => [] };

    public static Command Create() => new("db", "the offline index of known-bad packages: what it holds, building one, taking a newer one")
    {
        DbContents.Create(),
        DbUpdate.Create(),
        DbBuild.Create(),
    };

    /// <summary>The keys named by <c>--trust</c>.</summary>
    public static IReadOnlyList<(string Place, string Pem)> Keys(ParseResult parsed) => [.. (parsed.GetValue(Trust) ?? []).Select(path => (path, Pem(path)))];

    /// <summary>A key's text. Whatever is not a short text is none.</summary>
    public static string Pem(string path) =>
        new FileInfo(path) is { Exists: true, Length: > 64 * 1024 } ? throw new InvalidIndexException($"{path}: too large for a key in PEM") : File.ReadAllText(path);
}
