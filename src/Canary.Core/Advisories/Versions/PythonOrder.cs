using System.Globalization;
using System.Text.RegularExpressions;

namespace Canary.Advisories.Versions;

/// <summary>Versions as PEP 440 writes and orders them.</summary>
internal sealed partial class PythonOrder : IVersionOrder
{

    public string Canonical(string version) => Parse(version) is { } parsed ? parsed.Text : version;

    public int? Compare(string left, string right) => Parse(left) is { } a && Parse(right) is { } b ? a.CompareTo(b) : null;

    private static PythonVersion? Parse(string version)
    {
        if (version.Length > 200 || Form().Match(version.Trim()) is not { Success: true } match || TooLong().IsMatch(version))
            return null;
        var release = match.Groups["release"].Value.Split('.').Select(Number).ToList();
        while (release.Count > 1 && release[^1] == 0)
            release.RemoveAt(release.Count - 1);
        (int, long)? pre = match.Groups["pre"].Success ? (Phase(match.Groups["pre"].Value), Number(match.Groups["preN"].Value)) : null;
        long? post = match.Groups["post"].Success ? Number(match.Groups["postN"].Value + match.Groups["postOnly"].Value) : null;
        long? dev = match.Groups["dev"].Success ? Number(match.Groups["devN"].Value) : null;
        string local = match.Groups["local"].Value.ToLowerInvariant().Replace('-', '.').Replace('_', '.');
        return new PythonVersion(Number(match.Groups["epoch"].Value), release, pre, post, dev, local);
    }

    private static int Phase(string word) => char.ToLowerInvariant(word[0]) switch { 'a' => 0, 'b' => 1, _ => 2 };

    private static long Number(string digits) => digits.Length == 0 ? 0 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preN>[0-9]*))?(?<post>-(?<postOnly>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<postN>[0-9]*))?(?<dev>[-_.]?dev[-_.]?(?<devN>[0-9]*))?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    // More digits than a long holds are no version of anything that exists; such a text is only equal to itself.
    [GeneratedRegex(@"[0-9]{19}")]
    private static partial Regex TooLong();

    private sealed record PythonVersion(long Epoch, List<long> Release, (int Phase, long Number)? Pre, long? Post, long? Dev, string Local) : IComparable<PythonVersion>
    {
        public string Text =>
            (Epoch == 0 ? "" : $"{Epoch}!") + string.Join('.', Release)
            + (Pre is { } pre ? (pre.Phase switch { 0 => "a", 1 => "b", _ => "rc" }) + pre.Number : "")
            + (Post is null ? "" : $".post{Post}") + (Dev is null ? "" : $".dev{Dev}") + (Local.Length == 0 ? "" : "+" + Local);

        public int CompareTo(PythonVersion? other)
        {
            if (other is null)
                return 1;
            int order = Epoch.CompareTo(other.Epoch);
            for (int i = 0; order == 0 && i < Math.Max(Release.Count, other.Release.Count); i++)
                order = Release.ElementAtOrDefault(i).CompareTo(other.Release.ElementAtOrDefault(i));
            if (order == 0)
                order = PreKey.CompareTo(other.PreKey);
            if (order == 0)
                order = (Post ?? -1).CompareTo(other.Post ?? -1);
            if (order == 0)
                order = (Dev ?? long.MaxValue).CompareTo(other.Dev ?? long.MaxValue);
            return order != 0 ? order : CompareLocals(Local, other.Local);
        }

        // A development release of the final one comes before its prereleases, and the final one after them.
        private (int, long) PreKey => Pre ?? (Post is null && Dev is not null ? (-1, 0) : (3, 0));

        private static int CompareLocals(string left, string right)
        {
            string[] a = left.Length == 0 ? [] : left.Split('.'), b = right.Length == 0 ? [] : right.Split('.');
            for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
            {
                bool leftNumber = long.TryParse(a[i], NumberStyles.None, CultureInfo.InvariantCulture, out long x);
                bool rightNumber = long.TryParse(b[i], NumberStyles.None, CultureInfo.InvariantCulture, out long y);
                int order = leftNumber && rightNumber ? x.CompareTo(y) : leftNumber != rightNumber ? (leftNumber ? 1 : -1) : string.CompareOrdinal(a[i], b[i]);
                if (order != 0)
                    return order;
            }

            return a.Length.CompareTo(b.Length);
        }
    }
}
