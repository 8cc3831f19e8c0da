using Canary.Findings;

namespace Canary.Surface;

/// <summary>One thing that a file tells agents, editors or CI to do, as rules of the category <c>agent_config</c> see it.</summary>
public sealed class ConfigEntry(ConfigFacts facts, DateTimeOffset time) : Subject
{
    private static readonly LogSource Log = new("canary", "agent_config");

    private static readonly Field[] Own = [.. new[]
    {
        "ConfigKind", "TargetFilename", "BaseName", "ServerName", "CommandLine", "Url", "ResolvedHost", "ResolvedScheme", "Trigger", "Setting",
        "Uses", "Pinned", "EnvironmentNames", "Ecosystem", "Package", "Version", "Purl", "Content", "HiddenText", "HiddenCharacters",
    }.Select(Field.Named)];

    private readonly Uri? _url = Uri.TryCreate(facts.Url, UriKind.Absolute, out var uri) ? uri : null;

    public ConfigFacts Facts { get; } = facts;

    public override LogSource Source => Log;

    public override string Type => "config";

    public override string Identity => Facts.Name.Length == 0 ? $"{Facts.File}#{Facts.Kind}" : $"{Facts.File}#{Facts.Kind}/{Facts.Name}";

    public override DateTimeOffset Time => time;

    public override IReadOnlyList<Field> Names => Own;

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.ConfigKind => FieldValue.Of(Facts.Kind),
        Fields.TargetFilename => FieldValue.Of(Facts.File),
        Fields.BaseName => FieldValue.Of(Facts.File[(Facts.File.LastIndexOf('/') + 1)..]),
        Fields.ServerName => FieldValue.Of(Facts.ServerName),
        Fields.CommandLine => FieldValue.Of(Facts.CommandLine),
        Fields.Url => FieldValue.Of(Facts.Url),
        Fields.ResolvedHost => FieldValue.Of(_url?.Host),
        Fields.ResolvedScheme => FieldValue.Of(_url?.Scheme),
        Fields.Trigger => Listed(Facts.Triggers),
        Fields.Setting => FieldValue.Of(Facts.Setting),
        Fields.Uses => FieldValue.Of(Facts.Uses),
        Fields.Pinned => Facts.Pinned is { } pinned ? FieldValue.Of(pinned) : default,
        Fields.EnvironmentNames => Listed(Facts.EnvironmentNames),
        Fields.Ecosystem => FieldValue.Of(Facts.Package?.Ecosystem),
        Fields.Package => FieldValue.Of(Facts.Package?.Name),
        Fields.Version => FieldValue.Of(Facts.Package?.Version),
        Fields.Purl => FieldValue.Of(Facts.Package?.Purl),
        Fields.Content => FieldValue.Of(Facts.Content),
        Fields.HiddenText => FieldValue.Of(Facts.Hidden?.Decoded),
        Fields.HiddenCharacters => Facts.Hidden is { } hidden ? FieldValue.Of(hidden.Characters) : default,
        _ => default,
    };

    private static FieldValue Listed(IReadOnlyList<string> texts) => texts.Count == 0 ? default : FieldValue.Of([.. texts]);
}
