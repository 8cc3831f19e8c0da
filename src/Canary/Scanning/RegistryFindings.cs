using System.Globalization;
using Canary.Findings;
using Canary.Packages;
using Canary.Registries;
using Canary.Text;

namespace Canary.Scanning;

/// <summary>What registries say of the packages of a tree, how old those are, and what could not be learnt.</summary>
/// <param name="minimumAge">Where the project does not say; zero for none.</param>
internal sealed class RegistryFindings(CooldownSettings settings, TimeSpan minimumAge, DateTimeOffset now)
{
    // What nobody has found in a quarter is no news: of a thousand dependencies a hundred once had a first release by somebody.
    private static readonly TimeSpan News = TimeSpan.FromDays(90);

    private const int MostNamed = 5;

    public static IEnumerable<ScanFinding> Of(Inventory inventory, RegistryAnswers answers, CooldownSettings settings, TimeSpan minimumAge, DateTimeOffset now) =>
        new RegistryFindings(settings, minimumAge, now).All(inventory, answers);

    /// <summary><c>--registry</c> where the network is not to be used.</summary>
    public static ScanFinding Offline() => new(
        RegistryRules.Withheld, "config", "registry", "", 0, "--offline, which is the default where CI is set, goes before --registry: no registry was asked",
        ["Write --offline=false beside --registry where the network may be used."]);

    private IEnumerable<ScanFinding> All(Inventory inventory, RegistryAnswers answers)
    {
        foreach (var package in inventory.Packages.Where(p => p.Origin == PackageOrigin.Registry))
        {
            var facts = answers.Of(package);
            foreach (var finding in OfAge(package, facts).Concat(facts is null ? [] : OfFacts(package, facts)))
                yield return finding;
        }

        foreach (var part in settings.Unread)
            yield return new ScanFinding(ScanReport.Unread, "config", part.File, part.File, part.Line, part.Reason, ["Mend the file, and scan again."]);
        foreach (var group in answers.Unanswered.GroupBy(u => (u.Ecosystem, u.Reason)))
            yield return Summary(RegistryRules.Unanswered, group.Key.Ecosystem, group.Key.Reason, [.. group], "Scan again when the registry answers, or name a mirror with --npm-registry or --nuget-source.");
        foreach (var group in answers.Withheld.GroupBy(u => (u.Ecosystem, u.Reason)))
            yield return Summary(RegistryRules.Withheld, group.Key.Ecosystem, group.Key.Reason, [.. group], null);
        if (answers.Registries.Count > 0)
        {
            var others = inventory.Packages.Where(p => p.Origin == PackageOrigin.Registry && answers.Registries.All(r => r.Ecosystem != p.Ecosystem));
            foreach (var group in others.GroupBy(p => p.Ecosystem, StringComparer.Ordinal))
                yield return Summary(RegistryRules.Withheld, group.Key, "Canary asks npm and NuGet only", [.. group.Select(p => p.Name).Distinct(StringComparer.Ordinal).Select(name => new UnaskedPackage(group.Key, name, ""))], null);
        }
    }

    private IEnumerable<ScanFinding> OfAge(PackageEntry package, RegistryFacts? facts)
    {
        if (Cooldown.Age(package, facts, now) is not { } age)
            yield break;
        string published = string.Create(CultureInfo.InvariantCulture, $"published {now - age:yyyy-MM-dd HH:mm} UTC, {Words(age)}");
        if (settings.Of(package) is { } rule)
        {
            if (rule.Forbids(package, now - age, now))
                yield return Finding(RegistryRules.NewerThanPolicy, package, $"{published}; {rule.Key} in {rule.File}:{rule.Line} does not allow that", "published", "Take the version before, or wait; an exception belongs beside the setting, with its reason.");
        }
        else if (age < minimumAge)
        {
            yield return Finding(RegistryRules.TooNew, package, published, "published", $"Take the version before, or wait until it is {Duration.Write(minimumAge)} old. {Setting(package)}");
        }
    }

    private IEnumerable<ScanFinding> OfFacts(PackageEntry package, RegistryFacts facts)
    {
        if (facts.IsMissingPackage)
        {
            yield return Finding(
                RegistryRules.Nonexistent, package, $"{package.Ecosystem} has no package '{package.Name}'; an agent may have invented the name", "registry",
                "Install nothing from here until it is known who meant what by this name.", "Where it is a private package: name its registry in the settings of the project, and take the name in the public one.");
            yield break;
        }

        if (facts.IsMissingVersion)
        {
            yield return Finding(
                RegistryRules.Nonexistent, package,
                facts.Version!.WasRemoved ? $"version {package.Version} was published {Day(facts.Version.Published)} and taken away again" : $"'{package.Name}' has no version {package.Version}; an agent may have invented it",
                "registry", "Find out why it is gone before anything is installed; where it was installed, look what it did.");
        }

        if (facts.Version is not { Exists: true } version)
            yield break;
        foreach (var vulnerability in version.Vulnerabilities)
            yield return Finding(RegistryRules.Vulnerable, package, $"{Severity(vulnerability.Severity)}: {vulnerability.Advisory}", "advisory", "Take a version that the advisory does not name.");
        if (version.Deprecated is { } reason)
            yield return Finding(RegistryRules.Deprecated, package, reason.Length == 0 ? "no reason is given" : $"its author says: {reason}", "deprecated", version.Alternate is { } other ? $"Its author names another: {Printable.Line(other, 100)}." : "Look for what takes its place.");
        if (version.Listed == false)
            yield return Finding(RegistryRules.Unlisted, package, "the feed does not list it", "listed", "Take a version that is listed.");
        // The versions of the new owners are still to come: that this one is old says nothing.
        if (facts.Package is { OwnersChanged: { } changed, OwnersBefore: { Count: > 0 } before })
            yield return Finding(RegistryRules.PublisherChanged, package, $"owned by {Names(facts.Package.Owners)} since {Day(changed)} at the latest; before by {Names(before)}", "owners", "Look who the new owners are, and what changed since.");
        if (!IsNews(version))
            yield break;
        if (version is { HasProvenance: false, PriorHasProvenance: true })
            yield return Finding(RegistryRules.ProvenanceDowngrade, package, $"{version.Publisher ?? "somebody"} published it {Day(version.Published)} without an attestation; earlier versions have one", "attestations", "Ask its maintainers before it is taken.");
        // A build that the registry knows is no person; that it is the first such release the attestation shows.
        if (version is { IsFirstOfPublisher: true, IsTrustedPublisher: false })
            yield return Finding(RegistryRules.PublisherChanged, package, $"published {Day(version.Published)} by '{version.Publisher}', who published none of the versions before", "publisher", "Look who that is, and what changed in this version.");
    }

    // Where the day is not known, nothing says that it is old.
    private bool IsNews(VersionFacts version) => version.Published is not { } published || now - published < News;

    private static ScanFinding Finding(RuleFacts rule, PackageEntry package, string why, string by, params string[] steps) =>
        new(rule, "package", package.Purl, package.File, package.Line, Printable.Line(why, 600), steps) { Matched = [new MatchedField("Package", $"{package.Name}@{package.Version}", by)] };

    private static ScanFinding Summary(RuleFacts rule, string ecosystem, string reason, IReadOnlyList<UnaskedPackage> packages, string? step) => new(
        rule, "config", ecosystem, "", 0,
        string.Create(CultureInfo.InvariantCulture, $"{packages.Count:N0} {ecosystem} {(packages.Count == 1 ? "package" : "packages")}: {Printable.Line(reason, 300)} ({Names([.. packages.Select(p => p.Name)])})"), step is null ? [] : [step])
    {
        Matched = [.. packages.Take(100).Select(p => new MatchedField("Package", p.Name, "registry"))],
    };

    private static string Names(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed).Select(n => Printable.Line(n, 100))) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");

    private static string Day(DateTimeOffset? at) => at is { } day ? day.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "on a day that is not known";

    private static string Words(TimeSpan age) => age < TimeSpan.Zero ? "which is in the future"
        : age < TimeSpan.FromHours(48) ? $"{(int)age.TotalHours} hours ago" : $"{(int)age.TotalDays} days ago";

    private static string Severity(int severity) => severity switch { 3 => "critical", 2 => "high", 1 => "moderate", _ => "low" };

    private static string Setting(PackageEntry package) => package.Ecosystem switch
    {
        Ecosystem.NuGet => "minPublishAgeHours in nuget.config keeps such versions out.",
        Ecosystem.Npm => "min-release-age in .npmrc, or minimumReleaseAge of pnpm, keeps such versions out.",
        Ecosystem.PyPI => "exclude-newer of uv keeps such versions out.",
        _ => "",
    };
}
