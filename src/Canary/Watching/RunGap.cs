using System.Globalization;
using Canary.Findings;
using Canary.Text;

namespace Canary.Watching;

/// <summary>The time between two runs, in which nothing was watched: for rules of the category sensor_health.</summary>
/// <param name="lossClass"><see cref="Stop"/> or <see cref="Pause"/>.</param>
/// <param name="from">Since when, as far as it is known.</param>
internal sealed class RunGap(string lossClass, string reason, DateTimeOffset? from, DateTimeOffset to) : Subject
{
    /// <summary>The last run ended, and nobody had asked it to.</summary>
    public const string Stop = "stop";

    /// <summary>The last run ended as asked.</summary>
    public const string Pause = "pause";

    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Absurd = TimeSpan.FromDays(3660);
    private static readonly LogSource Log = new("canary", "sensor_health");
    private static readonly Field[] Own = [Field.Named("Sensor"), Field.Named("LossClass"), Field.Named("Reason")];

    public string LossClass => lossClass;

    public string Reason => reason;

    public override LogSource Source => Log;

    public override string Type => "config";

    /// <summary>Each gap is its own: one that came soon after another must not only add to its count.</summary>
    public override string Identity => $"canary/{lossClass}/{(from ?? to).UtcDateTime.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture)}";

    public override DateTimeOffset Time => to;

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.Sensor => FieldValue.Of("canary"),
        Fields.LossClass => FieldValue.Of(lossClass),
        Fields.Reason => FieldValue.Of(reason),
        _ => default,
    };

    public override IReadOnlyList<Field> Names => Own;

    /// <summary>What lies between the end of a run and the beginning of the next.</summary>
    /// <param name="boot">This start of the system; null where that is not known.</param>
    /// <param name="nowNs">Nanoseconds since it.</param>
    public static RunGap Since(RunNote last, string? boot, long nowNs, DateTimeOffset now)
    {
        bool same = boot is not null && boot == last.Boot;
        var byWall = now - last.Beat;
        var byBoot = TimeSpan.FromTicks((nowNs - last.BeatNs) / 100);
        string who = $"canary {Printable.Line(last.Owner, 40)} (pid {last.Pid})";
        string end = last.IsEnded ? $"{who} ended as asked at {At(last.Beat)}"
            : same ? $"{who} gave its last sign of life at {At(last.Beat)} and came to no orderly end: it was killed, or it crashed"
            : $"{who} gave its last sign of life at {At(last.Beat)} and came to no orderly end: the power went, the system crashed, or it was killed before";
        string restart = same ? "" : boot is null || last.Boot is null ? "; whether the system was restarted since is not known" : "; the system was restarted since";
        return new RunGap(last.IsEnded ? Pause : Stop, $"{end}{restart}. {Unwatched(same, byBoot, byWall, now)}", last.Beat, now);
    }

    /// <summary>Nothing can be read of the last run.</summary>
    public static RunGap Unknown(string why, DateTimeOffset now) =>
        new(Stop, $"{why}: when the last run ended, and how, is not known. What happened before {At(now)} may not have been watched", null, now);

    private static string Unwatched(bool same, TimeSpan byBoot, TimeSpan byWall, DateTimeOffset now)
    {
        if (same && byBoot < TimeSpan.Zero)
            return $"For how long nothing was watched until {At(now)} is not known: the clock of the system's uptime is behind that sign, as in a snapshot that was restored";
        if (same)
        {
            var moved = byWall - byBoot;
            return $"From then until {At(now)}, {Long(byBoot)}, nothing was watched"
                + (moved.Duration() < Tolerance ? "" : $"; the clock was set {(moved < TimeSpan.Zero ? "back" : "forward")} by {Long(moved.Duration())} meanwhile, which the length leaves out");
        }

        return byWall < -Tolerance
                ? $"For how long nothing was watched until {At(now)} is not known: the clock is {Long(-byWall)} behind that sign, it was set back"
            : byWall > Absurd
                ? $"For how long nothing was watched until {At(now)} is not known: by the clock it would be {Long(byWall)}, so one of the two times is wrong"
            : $"From then until {At(now)}, {Long(byWall < TimeSpan.Zero ? TimeSpan.Zero : byWall)} by the clock, nothing was watched";
    }

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Long(TimeSpan length) => string.Create(CultureInfo.InvariantCulture, $"{(int)length.TotalDays switch
    {
        > 0 => $"{(int)length.TotalDays} d {length.Hours} h",
        _ when length.TotalHours >= 1 => $"{(int)length.TotalHours} h {length.Minutes} min",
        _ when length.TotalMinutes >= 1 => $"{(int)length.TotalMinutes} min {length.Seconds} s",
        _ => $"{length.TotalSeconds:0.0} s",
    }}");
}
