using System.Collections.Concurrent;
using Canary.Packages;
using Canary.Text;

namespace Canary.Registries;

/// <summary>
/// Asks registries for the packages of a scan: each once, several at a time, within a budget, and none whose name may be private.
/// </summary>
/// <param name="cache">Null where nothing is to be kept.</param>
public sealed class RegistryLookup(IReadOnlyList<IRegistry> registries, PublicNames names, RegistryCache? cache, RegistryLimits limits, TimeProvider time)
{
    // A change of owners stays worth saying for this long after it was first seen.
    private static readonly TimeSpan ChangeFor = TimeSpan.FromDays(30);

    public async Task<RegistryAnswers> AskAsync(IReadOnlyList<PackageEntry> packages, CancellationToken cancel)
    {
        var answers = new ConcurrentDictionary<(string Ecosystem, string Name), PackageFacts>();
        var unanswered = new ConcurrentBag<UnaskedPackage>();
        var (questions, withheld) = Questions(packages);
        var lines = registries.ToDictionary(r => r.Ecosystem, _ => new Line(), StringComparer.Ordinal);
        using var budget = new CancellationTokenSource(limits.Budget, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, budget.Token);
        await Parallel.ForEachAsync(questions, new ParallelOptions { MaxDegreeOfParallelism = limits.Parallel, CancellationToken = cancel }, async (question, _) =>
        {
            var line = lines[question.Registry.Ecosystem];
            try
            {
                if (Remembered(question) is { } remembered)
                    answers[question.Key] = remembered;
                else if (line.GaveUp is { } reason)
                    unanswered.Add(question.Unasked($"not asked any more after {limits.MostOutages} questions in a row to which it did not answer, the last because {reason}"));
                else
                    answers[question.Key] = await AskAsync(question, both.Token).ConfigureAwait(false);
                line.Answered();
            }
            catch (RegistryException e)
            {
                unanswered.Add(question.Unasked(e.Message));
                if (e.IsOutage)
                    line.Failed(e.Message, limits.MostOutages);
                else
                    line.Answered();
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                unanswered.Add(question.Unasked($"the time for all questions, {Duration.Write(limits.Budget)}, was over"));
            }
        }).ConfigureAwait(false);
        cache?.Sweep();
        return new RegistryAnswers(registries, answers, [.. unanswered.OrderBy(u => u.Ecosystem, StringComparer.Ordinal).ThenBy(u => u.Name, StringComparer.Ordinal)], withheld);
    }

    private (List<Question> Questions, List<UnaskedPackage> Withheld) Questions(IReadOnlyList<PackageEntry> packages)
    {
        var questions = new List<Question>();
        var withheld = new List<UnaskedPackage>();
        foreach (var registry in registries)
        {
            var ofRegistry = packages.Where(p => p.Ecosystem == registry.Ecosystem && p.Origin == PackageOrigin.Registry);
            foreach (var same in ofRegistry.GroupBy(p => registry.NormalName(p.Name), StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                // One place that names another registry is enough: the name could be told to nobody again.
                string? reason = registry.CanName(same.Key) ? same.Select(p => names.WhyWithheld(p, registry)).FirstOrDefault(why => why is not null) : "no package of this registry can be called so";
                if (reason is not null)
                    withheld.Add(new UnaskedPackage(registry.Ecosystem, same.First().Name, reason));
                else
                    questions.Add(new Question(registry, same.Key, same.First().Name, [.. same.Select(p => p.Version).OfType<string>().Select(registry.NormalVersion).Distinct(StringComparer.Ordinal)]));
            }
        }

        return (questions, withheld);
    }

    private PackageFacts? Remembered(Question question)
    {
        var kept = cache?.Find(question.Registry, question.Name);
        return kept is { Exists: true } && time.GetUtcNow() - kept.Asked < limits.Fresh && question.Versions.All(v => kept.Versions.TryGetValue(v, out var version) && version.Exists) ? kept : null;
    }

    private async Task<PackageFacts> AskAsync(Question question, CancellationToken cancel)
    {
        var facts = await question.Registry.AskAsync(question.Name, question.Versions, cancel).ConfigureAwait(false);
        if (cache is null)
            return facts;
        if (cache.Find(question.Registry, question.Name) is { } before)
            facts = Compared(facts, before);
        // What is missing may be there in a minute, put there by whoever saw that it is asked for.
        if (facts.Exists)
            cache.Keep(question.Registry, facts);
        return facts;
    }

    private static PackageFacts Compared(PackageFacts now, PackageFacts before)
    {
        // Where each version names who published it that says more.
        if (now.Owners.Count == 0 || now.Versions.Values.Any(v => v.Publisher is not null))
            return now.Owners.Count > 0 ? now : now with { Owners = before.Owners, OwnersBefore = before.OwnersBefore, OwnersChanged = before.OwnersChanged };
        if (before.Owners.Count > 0 && now.Owners.Except(before.Owners, StringComparer.OrdinalIgnoreCase).Any())
            return now with { OwnersBefore = before.Owners, OwnersChanged = now.Asked };
        return before.OwnersChanged is { } changed && now.Asked - changed < ChangeFor ? now with { OwnersBefore = before.OwnersBefore, OwnersChanged = changed } : now;
    }

    private sealed record Question(IRegistry Registry, string Name, string Written, IReadOnlyList<string> Versions)
    {
        public (string Ecosystem, string Name) Key => (Registry.Ecosystem, Name);

        public UnaskedPackage Unasked(string reason) => new(Registry.Ecosystem, Written, reason);
    }

    /// <summary>Whether a registry answers at all.</summary>
    private sealed class Line
    {
        private int _failures;
        private volatile string? _gaveUp;

        public string? GaveUp => _gaveUp;

        public void Answered() => Interlocked.Exchange(ref _failures, 0);

        public void Failed(string reason, int most)
        {
            if (Interlocked.Increment(ref _failures) >= most)
                _gaveUp = reason;
        }
    }
}

/// <summary>What registries said of the packages of a scan.</summary>
/// <param name="Unanswered">Packages of which nothing could be learnt, and why.</param>
/// <param name="Withheld">Packages that were not asked for, since their names may be private.</param>
public sealed record RegistryAnswers(
    IReadOnlyList<IRegistry> Registries, IReadOnlyDictionary<(string Ecosystem, string Name), PackageFacts> Packages,
    IReadOnlyList<UnaskedPackage> Unanswered, IReadOnlyList<UnaskedPackage> Withheld)
{
    /// <summary>Nothing was asked.</summary>
    public static readonly RegistryAnswers None = new([], new Dictionary<(string Ecosystem, string Name), PackageFacts>(), [], []);

    /// <summary>Null where nothing is known of it.</summary>
    public RegistryFacts? Of(PackageEntry entry)
    {
        foreach (var registry in Registries)
        {
            if (registry.Ecosystem == entry.Ecosystem && entry.Origin == PackageOrigin.Registry && Packages.TryGetValue((registry.Ecosystem, registry.NormalName(entry.Name)), out var package))
                return new RegistryFacts(package, entry.Version is { } version ? package.Versions.GetValueOrDefault(registry.NormalVersion(version)) : null);
        }

        return null;
    }
}

/// <param name="Reason">A part of a sentence: <c>it answered 403</c>.</param>
public sealed record UnaskedPackage(string Ecosystem, string Name, string Reason);
