using Canary.Packages;

namespace Canary.Advisories.Versions;

/// <summary>
/// A range of versions as people write it for their ecosystem: <c>*</c>, <c>1.2.3</c> (that one alone, everywhere), <c>&gt;=1.2 &lt;2</c>,
/// <c>^1.2</c>, <c>~1.2</c>, <c>~=1.2</c>, <c>~&gt; 1.2</c>, <c>1.x</c>, <c>1.0 - 2.0</c>, <c>[1.0,2.0)</c>, joined by <c>||</c>.
/// </summary>
public sealed class VersionRange
{
    private const int MostText = 500;
    private readonly List<Bound[]> _ways = [];

    private VersionRange()
    {
    }

    private enum Relation
    {
        Equal,
        NotEqual,
        Below,
        AtMost,
        AtLeast,
        Above,
    }

    /// <summary>Null, and why in words, where the text is no range.</summary>
    /// <param name="ecosystem">OSV's name; null where it is not known.</param>
    public static VersionRange? Parse(string text, string? ecosystem, out string fault)
    {
        fault = $"is no range of versions; write it as in \">=1.2 <2\", \"1.2.3\" or \"*\"";
        if (text.Length > MostText)
            return null;
        var range = new VersionRange();
        foreach (string way in text.Split("||", StringSplitOptions.TrimEntries))
        {
            if (WayOf(way) is not { } bounds)
                return null;
            range._ways.Add([.. bounds]);
        }

        if (ecosystem is not null && range._ways.SelectMany(w => w).FirstOrDefault(b => b.IsOrdered && !IsVersion(ecosystem, b.Version)) is { Version: { } wrong })
        {
            fault = VersionOrders.Of(ecosystem) is null
                ? $"orders versions, and Canary does not know the order of {ecosystem}'s; name the versions one by one, joined by ||"
                : $"holds '{wrong}', which is no version of {ecosystem}";
            return null;
        }

        return range;
    }

    public bool Contains(string ecosystem, string version) => _ways.Any(way => way.All(bound => Holds(bound, ecosystem, version)));

    private static bool Holds(Bound bound, string ecosystem, string version)
    {
        if (!bound.IsOrdered)
            return (VersionOrders.Canonical(ecosystem, version) == VersionOrders.Canonical(ecosystem, bound.Version)) == (bound.Relation == Relation.Equal);
        // The first prerelease of all: what 2.0.0-rc.1 is, ^1.2 does not mean.
        string limit = !bound.IsFirst ? bound.Version : ecosystem == Ecosystem.PyPI ? bound.Version + ".dev0" : bound.Version + "-0";
        int? order = VersionOrders.Of(ecosystem)?.Compare(version, limit);
        return bound.Relation switch
        {
            Relation.Below => order < 0,
            Relation.AtMost => order <= 0,
            Relation.AtLeast => order >= 0,
            _ => order > 0,
        };
    }

    private static bool IsVersion(string ecosystem, string version) => VersionOrders.Of(ecosystem)?.Compare(version, version) is not null;

    private static List<Bound>? WayOf(string way)
    {
        if (way is "*" or "x")
            return [];
        if (way.Length > 1 && way[0] is '[' or '(' && way[^1] is ']' or ')')
            return Interval(way);
        if (way.Split(" - ", StringSplitOptions.TrimEntries) is [var low, var high] && IsPlain(low) && IsPlain(high))
            return [new(Relation.AtLeast, low), new(Relation.AtMost, high)];
        var bounds = new List<Bound>();
        int at = 0;
        while (at < way.Length)
        {
            if (way[at] is ' ' or ',')
            {
                at++;
                continue;
            }

            int operation = at;
            while (at < way.Length && way[at] is '<' or '>' or '=' or '!' or '~' or '^')
                at++;
            string sign = way[operation..at];
            while (at < way.Length && way[at] == ' ')
                at++;
            int version = at;
            while (at < way.Length && way[at] is not (' ' or ',' or '<' or '>' or '=' or '^'))
                at++;
            if (Bounds(sign, way[version..at]) is not { } more)
                return null;
            bounds.AddRange(more);
        }

        return bounds.Count == 0 ? null : bounds;
    }

    // NuGet's and Maven's: a bracket includes its end, a parenthesis does not.
    private static List<Bound>? Interval(string way)
    {
        string[] ends = way[1..^1].Split(',', StringSplitOptions.TrimEntries);
        if (ends.Length > 2 || ends.Any(e => e.Length > 0 && !IsPlain(e)) || ends.All(e => e.Length == 0))
            return null;
        if (ends is [var only])
            return way[0] == '[' && way[^1] == ']' ? [new(Relation.Equal, only)] : null;
        var bounds = new List<Bound>();
        if (ends[0].Length > 0)
            bounds.Add(new(way[0] == '[' ? Relation.AtLeast : Relation.Above, ends[0]));
        if (ends[1].Length > 0)
            bounds.Add(new(way[^1] == ']' ? Relation.AtMost : Relation.Below, ends[1]));
        return bounds;
    }

    private static Bound[]? Bounds(string sign, string version)
    {
        if (version.Split('.') is [.. var head, "x" or "X" or "*"] && head.Length > 0 && IsPlain(string.Join('.', head)))
            return sign is "" or "=" or "==" ? Below(string.Join('.', head), head.Length - 1, head) : null;
        if (!IsPlain(version))
            return null;
        string[] parts = version.TrimStart('v').Split('-', '+')[0].Split('.');
        // The first number that is not zero may not grow: before 1.0 the second is what the first is later.
        int firstNumber = Math.Max(0, Array.FindIndex(parts, p => p.TrimStart('0').Length > 0));
        return sign switch
        {
            "" or "=" or "==" or "===" => [new(Relation.Equal, version)],
            "!=" => [new(Relation.NotEqual, version)],
            "<" => [new(Relation.Below, version)],
            "<=" => [new(Relation.AtMost, version)],
            ">" => [new(Relation.Above, version)],
            ">=" => [new(Relation.AtLeast, version)],
            "^" => Below(version, firstNumber, parts),
            "~" => Below(version, Math.Min(1, parts.Length - 1), parts),
            "~=" or "~>" when parts.Length > 1 => Below(version, parts.Length - 2, parts),
            _ => null,
        };
    }

    /// <summary>From a version up to where its part grows by one.</summary>
    private static Bound[]? Below(string version, int part, string[] parts) =>
        parts.Take(part + 1).All(p => int.TryParse(p, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _))
            ? [new(Relation.AtLeast, version), new(Relation.Below, string.Join('.', [.. parts.Take(part), (int.Parse(parts[part], System.Globalization.CultureInfo.InvariantCulture) + 1L).ToString(System.Globalization.CultureInfo.InvariantCulture)])) { IsFirst = true }]
            : null;

    private static bool IsPlain(string version) =>
        version.Length > 0 && char.IsAsciiLetterOrDigit(version[0]) && version.Any(char.IsAsciiDigit) && version.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+' or '_' or ':' or '~' or '!');

    private readonly record struct Bound(Relation Relation, string Version)
    {
        /// <summary>Below the first prerelease of the version, too.</summary>
        public bool IsFirst { get; init; }

        public bool IsOrdered => Relation is not (Relation.Equal or Relation.NotEqual);
    }
}
