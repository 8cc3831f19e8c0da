using Canary.Config;
using Canary.Findings;

namespace Canary.Alerts;

/// <summary>What the desk groups, folds and hands on.</summary>
/// <param name="Routes">One per notifier; none where nothing is to be sent.</param>
public sealed record AlertPolicy(
    TimeSpan GroupWindow, TimeSpan RepeatInterval, int RateLimit, TimeSpan RateWindow, TimeSpan Retention, long SizeLimit,
    IReadOnlyList<NotifierRoute> Routes)
{
    public static AlertPolicy From(CanaryConfig config) => new(
        config.Alerts.GroupWindow, config.Alerts.RepeatInterval, config.Alerts.RateLimit, config.Alerts.RateWindow,
        config.Alerts.Retention, config.Alerts.SizeLimit,
        config.Email is { } email ? [new NotifierRoute("email", email.Level, email.DigestLevel, email.DigestInterval)] : []);
}

/// <summary>Which alerts a notifier gets, and how.</summary>
/// <param name="Level">From here each alert is sent at once.</param>
/// <param name="DigestLevel">From here up to <paramref name="Level"/> alerts are gathered; null for none.</param>
public sealed record NotifierRoute(string Notifier, Level Level, Level? DigestLevel, TimeSpan DigestInterval);
