using System.Globalization;
using Canary.Findings;

namespace Canary.Rules;

/// <summary>A part of a timestamp, in UTC, against a number.</summary>
internal sealed class TimePartTest(TimePart part, NumberTest number) : ValueTest
{
    public override string Words => $"has a {part.ToString().ToLowerInvariant()} that {number.Words}";

    public override bool Holds(in FieldValue value, Reading reading)
    {
        DateTimeOffset time;
        if (value.Kind == FieldKind.Number)
        {
            // Seconds since 1970 reach eleven digits in the year 5138; more digits are milliseconds.
            double seconds = Math.Abs(value.Number) >= 1e11 ? value.Number / 1000 : value.Number;
            if (seconds is not (> -60_000_000_000d and < 250_000_000_000d))
                return false;
            time = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        }
        else if (!DateTimeOffset.TryParse(
            value.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time))
        {
            return false;
        }

        return number.Holds(part switch
        {
            TimePart.Minute => time.Minute,
            TimePart.Hour => time.Hour,
            TimePart.Day => time.Day,
            TimePart.Week => ISOWeek.GetWeekOfYear(time.UtcDateTime),
            TimePart.Month => time.Month,
            _ => time.Year,
        });
    }
}

internal enum TimePart
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}
