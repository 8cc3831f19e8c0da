namespace Canary.Advisories.Versions;

/// <summary>
/// Semantic versions 2.0, with numbers of any length, a leading <c>v</c>, and missing parts as zeros. NuGet's have a fourth number and
/// know no case.
/// </summary>
internal sealed class SemanticOrder(int parts, bool ignoreCase) : IVersionOrder
{
    public string Canonical(string version)
    {
        if (IsPlain(version) || Parse(version) is not { } parsed)
            return version;
        int shown = parsed.Numbers[^1].Length == 0 ? 3 : parts;
        string core = string.Join('.', parsed.Numbers.Take(shown).Select(n => n.Length == 0 ? "0" : n));
        string full = parsed.Prerelease.Length == 0 ? core : core + "-" + parsed.Prerelease;
        return ignoreCase ? full.ToLowerInvariant() : full;
    }

    public int? Compare(string left, string right)
    {
        if (Parse(left) is not { } a || Parse(right) is not { } b)
            return null;
        for (int i = 0; i < parts; i++)
        {
            if (CompareNumbers(a.Numbers[i], b.Numbers[i]) is not 0 and int order)
                return order;
        }

        // A version without a prerelease is above all of its prereleases.
        if (a.Prerelease.Length == 0 || b.Prerelease.Length == 0)
            return b.Prerelease.Length.CompareTo(0) - a.Prerelease.Length.CompareTo(0);
        return ComparePrereleases(a.Prerelease.Split('.'), b.Prerelease.Split('.'));
    }

    // Three numbers as nearly every lockfile has them: spelled so already.
    private static bool IsPlain(ReadOnlySpan<char> version)
    {
        int dots = 0;
        for (int i = 0; i < version.Length; i++)
        {
            bool begins = i == 0 || version[i - 1] == '.';
            bool ends = i + 1 == version.Length || version[i + 1] == '.';
            if (version[i] == '.' ? begins || ends : !char.IsAsciiDigit(version[i]) || (version[i] == '0' && begins && !ends))
                return false;
            dots += version[i] == '.' ? 1 : 0;
        }

        return dots == 2;
    }

    // Digits without leading zeros; zero is the empty text. Longer is larger.
    private static int CompareNumbers(string a, string b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);

    private int ComparePrereleases(string[] a, string[] b)
    {
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            bool leftNumber = IsNumber(a[i]), rightNumber = IsNumber(b[i]);
            int order = leftNumber && rightNumber ? CompareNumbers(a[i].TrimStart('0'), b[i].TrimStart('0'))
                : leftNumber != rightNumber ? (leftNumber ? -1 : 1)
                : string.Compare(a[i], b[i], ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
            if (order != 0)
                return order;
        }

        return a.Length.CompareTo(b.Length);
    }

    private static bool IsNumber(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private (string[] Numbers, string Prerelease)? Parse(string version)
    {
        string text = version.Split('+', 2)[0].TrimStart('v', 'V', '=', ' ').TrimEnd();
        string[] halves = text.Split('-', 2);
        string[] written = halves[0].Split('.');
        if (written.Length > parts || !written.All(IsNumber) || (halves.Length == 2 && halves[1].Length == 0))
            return null;
        string[] numbers = new string[parts];
        for (int i = 0; i < parts; i++)
            numbers[i] = i < written.Length ? written[i].TrimStart('0') : "";
        return (numbers, halves.Length == 2 ? halves[1] : "");
    }
}
