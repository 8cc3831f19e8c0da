using Canary.Findings;

namespace Canary.Config;

/// <summary>How findings become alerts.</summary>
/// <param name="ConsoleLevel">Lowest level that `watch` prints; everything is stored.</param>
/// <param name="GroupWindow">A sighting this soon after the last one of the same rule, session and subject joins its alert.</param>
/// <param name="RepeatInterval">An alert that goes on is told again no sooner than this.</param>
/// <param name="RateLimit">New alerts of one rule within <see cref="RateWindow"/>; what exceeds it is folded into one alert that counts.</param>
/// <param name="Retention">Alerts last seen before this are deleted.</param>
/// <param name="SizeLimit">Bytes on disk, beyond which the oldest are deleted.</param>
public sealed record AlertsConfig(
    Level ConsoleLevel, TimeSpan GroupWindow, TimeSpan RepeatInterval, int RateLimit, TimeSpan RateWindow, TimeSpan Retention, long SizeLimit);

/// <summary>Where and when mail is sent. The password itself is never part of it.</summary>
/// <param name="Level">From this level each alert is a mail of its own.</param>
/// <param name="DigestLevel">From this level up to <see cref="Level"/> alerts are gathered in a digest; null for no digest.</param>
/// <param name="DigestInterval">At most one digest in this time.</param>
/// <param name="CaFile">Certificates (PEM) that the server's may be signed by, instead of the system's.</param>
public sealed record EmailConfig(
    string Host, int Port, MailSecurity Security, string? Username, string? PasswordEnvironment, string? PasswordFile, string? CaFile,
    string From, IReadOnlyList<string> To, Level Level, Level? DigestLevel, TimeSpan DigestInterval, TimeSpan Timeout);

public enum MailSecurity
{
    /// <summary>In clear.</summary>
    None,

    /// <summary>Begins in clear and must change to TLS before anything is said.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,
}
