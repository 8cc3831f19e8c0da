using System.Globalization;
using Canary.Findings;

namespace Canary.Replay;

/// <summary>When a recorded event happened, out of the ways in which logs write it. Times without a zone are UTC.</summary>
internal static class EventTime
{
    private const string Audit = "audit(";

    public static DateTimeOffset? Of(in FieldValue value)
    {
        if (value.Kind == FieldKind.Number)
            return OfEpoch(value.Number);
        if (value.Text is not { Length: >= 8 } text)
            return null;
        if (TryParseExact(text, out var exact))
            return exact;
        if (IsDigits(text))
            return double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out double epoch) ? OfEpoch(epoch) : null;
        if (text.StartsWith(Audit, StringComparison.Ordinal))
        {
            int end = text.IndexOf(':', StringComparison.Ordinal);
            return end > 0 && double.TryParse(text.AsSpan(Audit.Length, end - Audit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
                ? OfEpoch(seconds) : null;
        }

        var written = text.AsSpan();
        if (written.EndsWith(" UTC", StringComparison.Ordinal))
            written = written[..^4];
        if (written.Length > 40)
            return null;
        // .NET reads seven digits of a second and no more.
        if (written[^1] == 'Z' && written.Length > 28 && written[19] == '.')
            written = string.Concat(written[..27], "Z");
        return DateTimeOffset.TryParse(written, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }

    // 2026-08-11T07:52:33.4423017Z, or +00:00 for Z: what nearly every record has. The library's reading of it costs as much as the rest of an event.
    private static bool TryParseExact(string text, out DateTimeOffset time)
    {
        time = default;
        int zone = text.EndsWith("+00:00", StringComparison.Ordinal) ? text.Length - 6 : text[^1] == 'Z' ? text.Length - 1 : -1;
        if (zone is < 19 or > 29 || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or ' ') || text[13] != ':' || text[16] != ':')
            return false;
        int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
        int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
            return false;
        int fraction = zone - 20;
        if (fraction == 0 || (fraction > 0 && text[19] != '.'))
            return false;
        long ticks = fraction <= 0 ? 0 : Digits(text, 20, Math.Min(fraction, 7));
        if (ticks < 0)
            return false;
        for (int i = fraction; i < 7; i++)
            ticks *= 10;
        time = new DateTimeOffset(new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + ticks, TimeSpan.Zero);
        return true;
    }

    private static int Digits(string text, int start, int count)
    {
        int number = 0;
        for (int i = start; i < start + count; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                return -1;
            number = (10 * number) + text[i] - '0';
        }

        return number;
    }

    // Seconds, milliseconds, microseconds or nanoseconds, whichever gives a year of our time.
    private static DateTimeOffset? OfEpoch(double number)
    {
        double milliseconds = number switch
        {
            > 0 and < 1e11 => number * 1e3,
            >= 1e11 and < 1e14 => number,
            >= 1e14 and < 1e17 => number / 1e3,
            >= 1e17 and < 1e20 => number / 1e6,
            _ => -1,
        };
        return milliseconds < 0 ? null : DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds);
    }

    private static bool IsDigits(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
        }

        return true;
    }
}
