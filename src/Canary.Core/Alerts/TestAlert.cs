using System.Globalization;

namespace Canary.Alerts;

/// <summary>An alert about nothing, to see whether alerts arrive.</summary>
public static class TestAlert
{
    public static AlertMail Mail(string host, DateTimeOffset now)
    {
        string id = Guid.CreateVersion7(now).ToString("D", CultureInfo.InvariantCulture);
        var alert = new Alert(
            Alert.KindWord, id, now,
            new AlertRule("00000000-0000-0000-0000-000000000000", "canary-test", "This is a test of Canary's alerts", "high", [], "The Canary authors", [], []),
            new AlertAgent("canary", null, null, "human", true, []), null,
            new AlertSubject("config", "canary alerts test", new Dictionary<string, string>(StringComparer.Ordinal)),
            [], host, 1, now, "test", "Somebody ran 'canary alerts test' to see whether alerts arrive. Nothing happened and nothing is to be done.",
            [], 0, false, null, false);
        return new AlertMail($"canary.test.{id}", "test", MailKind.Test, [alert], host, now, 1);
    }
}
