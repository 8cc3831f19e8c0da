using System.Text.RegularExpressions;

namespace Canary.Services;

/// <summary>The unit, one text for the package and for `canary service install`, and what a program elsewhere adds to it.</summary>
internal static partial class SystemdUnit
{
    public const string Name = "canary.service";

    /// <summary>Where the package puts the program, and what the unit therefore names.</summary>
    public const string Program = "/usr/bin/canary";

    private const string Mark = "Made by canary";

    public static string Text { get; } = Read();

    /// <summary>Whether a file is one that Canary wrote, of whatever version.</summary>
    public static bool IsOurs(string text) => text.Split('\n').Take(3).Any(l => l.StartsWith('#') && l.Contains(Mark, StringComparison.Ordinal));

    /// <summary>A drop-in for a program that lies elsewhere.</summary>
    public static string ProgramAt(string path) => $$"""
        # {{Mark}}: the program does not lie where the unit says.
        [Service]
        ExecStart=
        ExecStart={{Escaped(path)}} daemon
        ExecReload=
        ExecReload={{Escaped(path)}} rules check --quiet
        ExecReload=/bin/sh -c "kill -HUP ${MAINPID}"

        """;

    /// <summary>What the unit keeps for the program, as systemd names it.</summary>
    public static IReadOnlyList<string> Capabilities { get; } =
        [.. Kept().Matches(Text).SelectMany(m => m.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    // systemd.service(5), «Command lines»: % and $ begin something, a blank ends a word.
    private static string Escaped(string path) =>
        "\"" + path.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal) + "\"";

    private static string Read()
    {
        using var text = new StreamReader(typeof(SystemdUnit).Assembly.GetManifestResourceStream(Name)!);
        return text.ReadToEnd();
    }

    [GeneratedRegex("^CapabilityBoundingSet=(.*)$", RegexOptions.Multiline)]
    private static partial Regex Kept();
}
