using System.Globalization;
using System.Text.RegularExpressions;

namespace Canary.Registries;

/// <summary>Ages as package managers write them: a number of their own unit, <c>3d</c>, <c>7 days</c>, <c>P7D</c>.</summary>
internal static partial class CooldownAge
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    /// <param name="unit">Of a number alone; zero where one needs a word.</param>
    public static TimeSpan? TryRead(string text, TimeSpan unit)
    {
        var parts = Age().Match(text.Trim());
        if (!parts.Success || !double.TryParse(parts.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return null;
        var each = parts.Groups[2].Value.ToLowerInvariant().TrimEnd('s') switch
        {
            "" when parts.Groups[2].Length == 0 => unit,
            "" or "sec" or "second" => TimeSpan.FromSeconds(1),
            "m" or "min" or "minute" => TimeSpan.FromMinutes(1),
            "h" or "hr" or "hour" => TimeSpan.FromHours(1),
            "d" or "day" => TimeSpan.FromDays(1),
            "w" or "week" => TimeSpan.FromDays(7),
            _ => TimeSpan.Zero,
        };
        if (each == TimeSpan.Zero)
            return null;
        return number * each.TotalSeconds <= Longest.TotalSeconds ? TimeSpan.FromSeconds(number * each.TotalSeconds) : Longest;
    }

    [GeneratedRegex(@"^P?T?([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([a-zA-Z]{0,8})$")]
    private static partial Regex Age();
}
