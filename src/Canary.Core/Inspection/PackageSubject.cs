using Canary.Findings;
using Canary.Packages;

namespace Canary.Inspection;

/// <summary>A package as a line of a file names it, as rules of the category <c>package</c> see it.</summary>
public sealed class PackageSubject(PackageEntry entry, DateTimeOffset now) : Subject
{
    /// <summary>Of rules about packages that files name.</summary>
    public static readonly LogSource Log = new("canary", "package");

    private static readonly Field[] Own = [.. new[]
    {
        "Ecosystem", "Package", "Version", "Purl", "TargetFilename", "BaseName", "Origin", "Resolved", "ResolvedHost", "ResolvedScheme",
        "Integrity", "Direct", "Dev", "HasInstallScript", "AgeHours", "Alias", "Requested", "LooksLike", "Likeness", "Anomalies",
    }.Select(Field.Named)];

    private const string NpmHost = "registry.npmjs.org";
    private const string NpmArchives = "https://" + NpmHost + "/";

    private Uri? _resolved;
    private bool _parsed;

    public PackageEntry Entry { get; } = entry;

    /// <summary>The well-known package whose name this one's imitates; null for none.</summary>
    public string? LooksLike { get; init; }

    /// <summary>How sure that is, and how it does so: <c>likely swapped: …</c>; begins with <c>certain</c>, <c>likely</c> or <c>weak</c>.</summary>
    public string? Likeness { get; init; }

    /// <summary>What is wrong with the line itself, each a word, a colon and a sentence: <c>foreign-host: …</c>.</summary>
    public string[] Anomalies { get; init; } = [];

    public override LogSource Source => Log;

    public override string Type => "package";

    public override string Identity => Entry.Purl;

    public override DateTimeOffset Time => now;

    public override IReadOnlyList<Field> Names => Own;

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.Ecosystem => FieldValue.Of(Entry.Ecosystem),
        Fields.Package => FieldValue.Of(Entry.Name),
        Fields.Version => FieldValue.Of(Entry.Version),
        Fields.Purl => FieldValue.Of(Entry.Purl),
        Fields.TargetFilename => FieldValue.Of(Entry.File),
        Fields.BaseName => FieldValue.Of(Entry.File[(Entry.File.LastIndexOf('/') + 1)..]),
        Fields.Origin => FieldValue.Of(Entry.Origin switch { PackageOrigin.Git => "git", PackageOrigin.Url => "url", PackageOrigin.Local => "local", _ => "registry" }),
        Fields.Resolved => FieldValue.Of(Entry.Resolved),
        Fields.ResolvedHost => FieldValue.Of(Host),
        Fields.ResolvedScheme => FieldValue.Of(Resolved?.Scheme),
        Fields.Integrity => FieldValue.Of(Entry.Integrity),
        Fields.Direct => Entry.Direct is { } direct ? FieldValue.Of(direct) : default,
        Fields.Dev => Entry.Dev is { } dev ? FieldValue.Of(dev) : default,
        Fields.HasInstallScript => FieldValue.Of(Entry.HasInstallScript),
        Fields.AgeHours => Entry.Published is { } published ? FieldValue.Of(Math.Floor((now - published).TotalHours)) : default,
        Fields.Alias => FieldValue.Of(Entry.Alias),
        Fields.Requested => FieldValue.Of(Entry.Requested),
        Fields.LooksLike => FieldValue.Of(LooksLike),
        Fields.Likeness => FieldValue.Of(Likeness),
        Fields.Anomalies => Anomalies.Length == 0 ? default : FieldValue.Of(Anomalies),
        _ => default,
    };

    // Thousands of a lockfile's lines have the same plain host: nothing is made of those but the comparison.
    private string? Host => Entry.Resolved is { } resolved && resolved.StartsWith(NpmArchives, StringComparison.Ordinal) && resolved.Length > NpmArchives.Length && char.IsAsciiLetterOrDigit(resolved[NpmArchives.Length])
        ? NpmHost : Resolved?.Host;

    private Uri? Resolved
    {
        get
        {
            if (!_parsed)
            {
                _parsed = true;
                _resolved = Uri.TryCreate(Entry.Resolved, UriKind.Absolute, out var uri) ? uri : null;
            }

            return _resolved;
        }
    }
}
