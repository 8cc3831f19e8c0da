using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Canary.Alerts.Redaction;
using Canary.Findings;

namespace Canary.Alerts;

/// <summary>Makes an alert of a finding: redacted, and bounded whatever an attacker put into a name or a command line.</summary>
internal sealed class AlertDraft(Redactor redactor, string host)
{
    private const int MostParts = 64;
    private const int Head = 6 * 1024;
    private const int Tail = 2 * 1024;

    public Alert Of(Finding finding, string key, DateTimeOffset now, bool folded, bool silenced)
    {
        var subject = finding.Subject;
        var rule = finding.Rule;
        return new Alert(
            Alert.KindWord, Guid.CreateVersion7(now).ToString("D", CultureInfo.InvariantCulture), subject.Time,
            new AlertRule(rule.Id, rule.Slug, rule.Title, rule.Level.Word(), rule.Tags, rule.Author, rule.References, rule.FalsePositives),
            Agent(subject.Agent), Process(subject.Chain), new AlertSubject(subject.Type, Safe(subject.Identity), Fields(subject)),
            [.. finding.Matched.Take(MostParts).Select(m => new AlertMatch(m.Field, Safe(m.Value), m.By))],
            host, 1, subject.Time, key, rule.Why, [.. finding.Evidence.TakeLast(MostParts).Select(Evidence)],
            folded ? 1 : 0, silenced, null, subject.Get(Field.Named("Lossy")).Boolean);
    }

    /// <summary>The same for all sightings of one group, on every machine and in every run.</summary>
    public static string KeyOf(FindingKey key)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(key.RuleId + "\0" + key.Group + "\0" + key.Identity));
        return Convert.ToHexStringLower(hash.AsSpan(0, 16));
    }

    private static AlertAgent Agent(AgentFacts? agent) => agent is null
        ? new AlertAgent(null, null, null, "unknown", false, [])
        : new AlertAgent(agent.Name, agent.Session, null, agent.Attribution, agent.Verified, agent.Outer);

    private AlertProcess? Process(IReadOnlyList<ProcessFacts> chain) => chain is not [var own, ..]
        ? null
        : new AlertProcess(
            own.Pid, own.Started, Safe(own.Image), Safe(own.CommandLine), Safe(own.CurrentDirectory), own.User,
            [.. chain.Skip(1).Take(MostParts).Select(p => new AlertAncestor(p.Pid, p.Started, Safe(p.Image), Safe(p.CommandLine), Safe(p.CurrentDirectory), p.User))]);

    private AlertEvidence Evidence(Subject subject)
    {
        var actor = subject.Chain is [var own, ..] ? own : null;
        return new AlertEvidence(
            subject.Time, subject.Type, Safe(subject.Identity), actor?.Pid, Safe(actor?.Image), Safe(actor?.CommandLine), Fields(subject));
    }

    private Dictionary<string, string> Fields(Subject subject)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in subject.Names)
        {
            // The chain says these better.
            if (field.Id is Canary.Findings.Fields.AncestorImages or Canary.Findings.Fields.AncestorCommandLines)
                continue;
            if (fields.Count < MostParts && subject.Get(field).ToString() is { } value)
                fields[field.Name] = Safe(value);
        }

        return fields;
    }

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    private string? Safe(string? text)
    {
        if (text is null)
            return null;
        // Redacted whole and cut afterwards: half a secret is not recognised.
        string safe = redactor.Redact(text);
        if (safe.Length <= Head + Tail + 64)
            return safe;
        int head = char.IsHighSurrogate(safe[Head - 1]) ? Head - 1 : Head;
        int tail = char.IsLowSurrogate(safe[^Tail]) ? Tail - 1 : Tail;
        return string.Create(CultureInfo.InvariantCulture, $"{safe.AsSpan(0, head)}…[{safe.Length - head - tail} characters cut]…{safe.AsSpan(safe.Length - tail)}");
    }
}
