using System.Collections.Concurrent;
using Canary.Packages;
using Canary.Text;

namespace Canary.Names;

/// <summary>
/// Tells of a package name which popular one it imitates. Each ecosystem's table is read when the first name of it is asked for. For several
/// threads.
/// </summary>
public sealed class LikeNames
{
    // What its owner alone may publish under, at nuget.org: names below are no strangers' (https://learn.microsoft.com/nuget/nuget-org/id-prefix-reservation).
    private static readonly string[] ReservedPrefixes = ["microsoft.", "system.", "azure.", "awssdk.", "google.", "runtime."];

    private readonly ConcurrentDictionary<string, PopularNames?> _tables;

    public LikeNames()
        : this([])
    {
    }

    /// <param name="tables">Instead of the program's own, for their ecosystems.</param>
    public LikeNames(IEnumerable<PopularNames> tables) =>
        _tables = new(tables.Select(t => KeyValuePair.Create<string, PopularNames?>(t.Ecosystem, t)), StringComparer.Ordinal);

    /// <summary>Null for a popular name and for one that resembles none. What a registry serves is judged; folders and URLs have any name.</summary>
    public Likeness? Find(PackageEntry entry) => entry.Origin == PackageOrigin.Registry ? Find(entry.Ecosystem, entry.Name) : null;

    public Likeness? Find(string ecosystem, string name)
    {
        if (Confusables.Find(name) is { } confusable)
            return Deceiving(ecosystem, confusable);
        if (name.Length > NameForms.MostLength || Table(ecosystem) is not { } popular)
            return null;
        Span<char> normal = stackalloc char[NameForms.MostLength];
        normal = normal[..NameForms.Normal(ecosystem, name, normal)];
        if (popular.Contains(normal) || IsReserved(ecosystem, normal))
            return null;
        Span<uint> forms = stackalloc uint[NameForms.MostForms];
        forms = forms[..NameForms.Of(normal, forms)];
        List<int>? near = null;
        popular.Find(forms, ref near);
        Likeness? best = null;
        Span<char> other = stackalloc char[NameForms.MostLength];
        foreach (int target in near ?? [])
        {
            string known = popular.Target(target);
            if (Compared(ecosystem, normal, other[..NameForms.Normal(ecosystem, known, other)], known) is { } likeness && (best is null || likeness.Strength > best.Strength))
                best = likeness;
        }

        return best;
    }

    private Likeness Deceiving(string ecosystem, ConfusableName name)
    {
        string? target = null;
        if (name.Skeleton.Length <= NameForms.MostLength && Table(ecosystem) is { } popular)
        {
            Span<char> normal = stackalloc char[NameForms.MostLength], look = stackalloc char[NameForms.MostLength], other = stackalloc char[NameForms.MostLength];
            normal = normal[..NameForms.Normal(ecosystem, name.Skeleton, normal)];
            look = look[..NameForms.Look(normal, look)];
            Span<uint> forms = stackalloc uint[NameForms.MostForms];
            List<int>? near = null;
            popular.Find(forms[..NameForms.Of(normal, forms)], ref near);
            foreach (int candidate in near ?? [])
            {
                string known = popular.Target(candidate);
                var theirs = other[..NameForms.Normal(ecosystem, known, other)];
                if (look.SequenceEqual(Looked(theirs)))
                    target ??= known;
            }
        }

        string letters = string.Join(", ", name.Letters.Distinct().Take(4).Select(l => Printable.Line($"{l} (U+{l.Value:X4})")));
        string what = name.Letters.Count > 0 ? $"has {letters}, which look like ASCII letters and are not" : "has characters that are not seen";
        return new Likeness(
            name.Letters.Count > 0 ? LikenessKind.UnicodeConfusable : LikenessKind.HiddenCharacter, LikenessStrength.Certain, target,
            target is null ? $"the name {what}" : $"the name {what}: it reads as '{target}'");

        static string Looked(ReadOnlySpan<char> normal)
        {
            Span<char> into = stackalloc char[NameForms.MostLength];
            return new string(into[..NameForms.Look(normal, into)]);
        }
    }

    private PopularNames? Table(string ecosystem) => _tables.GetOrAdd(ecosystem, PopularNames.BuiltIn);

    private static bool IsReserved(string ecosystem, ReadOnlySpan<char> normal)
    {
        if (ecosystem != Ecosystem.NuGet)
            return false;
        foreach (string prefix in ReservedPrefixes)
        {
            if (normal.StartsWith(prefix))
                return true;
        }

        return false;
    }

    private static Likeness? Compared(string ecosystem, ReadOnlySpan<char> name, ReadOnlySpan<char> target, string known)
    {
        // Who owns a scope owns every name in it.
        var scope = ScopeOf(ecosystem, target);
        if (!scope.IsEmpty && scope.SequenceEqual(ScopeOf(ecosystem, name)))
            return null;
        if (NameForms.LeastForEdits <= target.Length && Slip.Between(name, target) is { } slip && !NameForms.IsSeparator(slip.Wrong) && !NameForms.IsSeparator(slip.Right))
            return SlipJudgement.Of(slip, name, target, known);
        Span<char> ours = stackalloc char[NameForms.MostLength], theirs = stackalloc char[NameForms.MostLength];
        var joined = ours[..NameForms.Joined(name, ours)];
        if (joined.Length >= NameForms.LeastForEdits && joined.SequenceEqual(theirs[..NameForms.Joined(target, theirs)]))
            return scope.IsEmpty == ScopeOf(ecosystem, name).IsEmpty ? Separated(known) : Scoped(scope, known);
        var look = ours[..NameForms.Look(name, ours)];
        if (look.Length >= NameForms.LeastForEdits && look.SequenceEqual(theirs[..NameForms.Look(target, theirs)]))
            return new Likeness(LikenessKind.LookAlike, LikenessStrength.Likely, known, $"looks like '{known}': letters and digits stand in for others");
        if (HaveSameWords(name, target))
            return new Likeness(LikenessKind.Permuted, LikenessStrength.Weak, known, $"has the words of '{known}' in another order");
        // A name that says less than the known one adds nothing to it.
        return name.Length > target.Length && scope.IsEmpty && ScopeOf(ecosystem, name).IsEmpty && ours[..NameForms.Bare(name, ours)].SequenceEqual(theirs[..NameForms.Bare(target, theirs)])
            ? new Likeness(LikenessKind.Affix, LikenessStrength.Weak, known, $"is '{known}' with a word that says nothing")
            : null;
    }

    private static Likeness Separated(string known) =>
        new(LikenessKind.Separator, LikenessStrength.Weak, known, $"is '{known}' with other separators");

    private static Likeness Scoped(ReadOnlySpan<char> scope, string known) =>
        new(LikenessKind.Scope, scope is "@types" ? LikenessStrength.Likely : LikenessStrength.Weak, known, $"is '{known}' with its scope written differently: whoever wants may publish under it");

    private static ReadOnlySpan<char> ScopeOf(string ecosystem, ReadOnlySpan<char> normal) =>
        ecosystem == Ecosystem.Npm && normal.StartsWith("@") && normal.IndexOf('/') is > 0 and int slash ? normal[..slash] : default;

    private static bool HaveSameWords(ReadOnlySpan<char> name, ReadOnlySpan<char> target)
    {
        const int Most = 12;
        Span<Range> ours = stackalloc Range[Most], theirs = stackalloc Range[Most];
        int count = NameForms.Words(name, ours);
        if (count < 2 || count != NameForms.Words(target, theirs) || name.Length != target.Length)
            return false;
        Span<bool> taken = stackalloc bool[Most];
        for (int i = 0; i < count; i++)
        {
            int at = 0;
            while (at < count && (taken[at] || !name[ours[i]].SequenceEqual(target[theirs[at]])))
                at++;
            if (at == count)
                return false;
            taken[at] = true;
        }

        return true;
    }
}
