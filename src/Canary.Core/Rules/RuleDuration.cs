using System.Globalization;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Rules;

/// <summary>Durations as rules write them: <c>250ms 10s 5m 2h 7d</c>.</summary>
internal static class RuleDuration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <summary>Null with the fault reported.</summary>
    public static TimeSpan? Parse(YamlScalar node, Diagnostics faults)
    {
        if (TryParse(node.Text, out var duration))
            return duration;
        faults.Add(node, $"'{Printable.Line(node.Text, 40)}' is not a duration; write 250ms, 10s, 5m, 2h or 7d, at most 366d");
        return null;
    }

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            digits++;
        double unit = text[digits..] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => 0 };
        if (unit == 0 || digits is 0 or > 9)
            return false;
        double seconds = unit * int.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture);
        if (seconds > Longest.TotalSeconds)
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
