using System.Globalization;

namespace Canary.Text;

/// <summary>The one way that durations are written everywhere: a whole number and <c>ms s m h d</c>.</summary>
public static class Duration
{
    public const string Form = "a number and one of ms, s, m, h, d, as in 250ms 10s 5m 2h 7d";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            digits++;
        if (digits is 0 or > 12)
            return false;
        long number = long.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        long milliseconds = text.AsSpan(digits) switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => 0,
        };
        if (milliseconds == 0 || number > (long)Longest.TotalMilliseconds / milliseconds)
            return false;
        duration = TimeSpan.FromMilliseconds(number * milliseconds);
        return true;
    }

    /// <summary>The shortest exact way to write it: <c>90m</c>, not <c>1h30m</c>.</summary>
    public static string Write(TimeSpan duration)
    {
        long ms = (long)duration.TotalMilliseconds;
        var (count, unit) = ms switch
        {
            0 => (0L, "s"),
            _ when ms % 86_400_000 == 0 => (ms / 86_400_000, "d"),
            _ when ms % 3_600_000 == 0 => (ms / 3_600_000, "h"),
            _ when ms % 60_000 == 0 => (ms / 60_000, "m"),
            _ when ms % 1_000 == 0 => (ms / 1_000, "s"),
            _ => (ms, "ms"),
        };
        return count.ToString(CultureInfo.InvariantCulture) + unit;
    }
}
