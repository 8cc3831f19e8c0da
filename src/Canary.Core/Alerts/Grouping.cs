using Canary.Alerts.Storage;
using Canary.Findings;

namespace Canary.Alerts;

/// <summary>
/// Joins sightings to alerts within one transaction, and decides what is told. Memory follows the store: after a transaction that
/// failed it is forgotten and read again.
/// </summary>
internal sealed class Grouping(AlertStore store, AlertPolicy policy, AlertDraft draft)
{
    private const int MostRemembered = 10_000;
    private readonly Dictionary<string, StoredAlert> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<long, (StoredAlert Stored, Sighting Sighting)> _changed = [];
    private readonly List<string> _taken = [];
    private readonly RateLimit _rate = new(policy.RateLimit, policy.RateWindow);

    /// <summary>Stores a batch, whole or not at all, and says which alerts it made or changed, each once. Throws <see cref="StateException"/>.</summary>
    public IReadOnlyList<(Alert Alert, Sighting Sighting)> Store(IReadOnlyList<Finding> batch, DateTimeOffset now)
    {
        _changed.Clear();
        _taken.Clear();
        try
        {
            return store.Database.Write(_ =>
            {
                var silences = store.Silences.Active(now);
                foreach (var finding in batch)
                    Sight(finding, silences, now);
                foreach (var (stored, _) in _changed.Values)
                    store.Alerts.Update(stored);
                return (IReadOnlyList<(Alert, Sighting)>)[.. _changed.Values.Select(c => (c.Stored.Alert, c.Sighting))];
            });
        }
        catch
        {
            _groups.Clear();
            foreach (string rule in _taken)
                _rate.GiveBack(rule);
            throw;
        }
    }

    private void Sight(Finding finding, HashSet<string> silences, DateTimeOffset now)
    {
        string key = AlertDraft.KeyOf(finding.Key);
        if (Open(key, now) is { } group)
        {
            Join(group, finding, silences, now, folded: false);
        }
        else if (_rate.TryTake(finding.Rule.Id, now))
        {
            _taken.Add(finding.Rule.Id);
            Begin(finding, key, silences, now, folded: false);
        }
        else
        {
            string overflow = AlertDraft.KeyOf(new FindingKey(finding.Rule.Id, "", "overflow"));
            if (Open(overflow, now) is { } heap)
                Join(heap, finding, silences, now, folded: true);
            else
                Begin(finding, overflow, silences, now, folded: true);
        }
    }

    private StoredAlert? Open(string key, DateTimeOffset now)
    {
        if (!_groups.TryGetValue(key, out var stored))
        {
            stored = store.Alerts.Newest(key);
            if (stored is null)
                return null;
            Remember(stored);
        }

        return now - Seen(stored) <= policy.GroupWindow ? stored : null;
    }

    private void Begin(Finding finding, string key, HashSet<string> silences, DateTimeOffset now, bool folded)
    {
        bool silenced = IsSilenced(finding.Rule, key, silences);
        var alert = draft.Of(finding, key, now, folded, silenced) with { LastTime = now };
        long sequence = store.Alerts.Insert(alert, silenced ? null : now);
        var stored = new StoredAlert(sequence, alert, silenced ? null : now);
        Remember(stored);
        _changed[sequence] = (stored, Sighting.First);
        if (!silenced)
            Tell(stored, MailKind.Alert, now);
    }

    private void Join(StoredAlert group, Finding finding, HashSet<string> silences, DateTimeOffset now, bool folded)
    {
        bool silenced = IsSilenced(finding.Rule, group.Alert.Key, silences);
        bool due = !silenced && (group.Told is not { } told || now - told >= policy.RepeatInterval || now < told);
        bool tell = due && !store.Alerts.IsAcknowledged(group.Sequence);
        var stored = group with
        {
            Alert = group.Alert with
            {
                Count = group.Alert.Count + 1,
                Folded = group.Alert.Folded + (folded ? 1 : 0),
                LastTime = now,
                Silenced = silenced,
            },
            Told = tell ? now : group.Told,
        };
        var sighting = _changed.TryGetValue(group.Sequence, out var earlier) && earlier.Sighting != Sighting.Again ? earlier.Sighting
            : tell ? Sighting.Repeat : Sighting.Again;
        Remember(stored);
        _changed[group.Sequence] = (stored, sighting);
        if (tell)
            Tell(stored, group.Told is null ? MailKind.Alert : MailKind.Repeat, now);
    }

    private void Tell(StoredAlert stored, MailKind kind, DateTimeOffset now)
    {
        foreach (var route in policy.Routes)
        {
            if (stored.Alert.Level >= route.Level)
                store.Outbox.Add(stored.Sequence, route.Notifier, kind, now, now);
            else if (stored.Alert.Level >= route.DigestLevel)
                store.Outbox.Add(stored.Sequence, route.Notifier, MailKind.Digest, store.Outbox.GatheringDigest(route.Notifier) ?? now + route.DigestInterval, now);
        }
    }

    private static bool IsSilenced(RuleFacts rule, string key, HashSet<string> silences) =>
        silences.Count > 0 && (silences.Contains(rule.Id) || silences.Contains(rule.Slug) || silences.Contains(key));

    private static DateTimeOffset Seen(StoredAlert stored) => stored.Alert.LastTime;

    private void Remember(StoredAlert stored)
    {
        if (_groups.Count >= MostRemembered)
            _groups.Clear();
        _groups[stored.Alert.Key] = stored;
    }
}

/// <summary>What a stored sighting is to whoever watches.</summary>
public enum Sighting
{
    /// <summary>A new alert.</summary>
    First,

    /// <summary>One more of an alert that was told lately: its count is higher.</summary>
    Again,

    /// <summary>One more of an alert that goes on for so long that it is told again.</summary>
    Repeat,
}
