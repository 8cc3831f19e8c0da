using Canary.Findings;

namespace Canary.Models;

/// <summary>A model file as rules of the category <c>model_file</c> see it.</summary>
/// <param name="path">As the report names it, with <c>/</c>.</param>
/// <param name="sha256">In lower-case hexadecimal; null where it was not taken.</param>
public sealed class ModelFile(string path, long size, ModelFacts facts, string? sha256, DateTimeOffset time) : Subject
{
    private static readonly LogSource Log = new("canary", "model_file");

    private static readonly Field[] Own = [.. new[]
    {
        "TargetFilename", "BaseName", "Size", "Format", "Sha256", "Verdict", "Anomalies", "Imports", "LoadsUnderWeightsOnly", "Operators",
        "ExternalFiles", "Templates", "TemplateHashes",
    }.Select(Field.Named)];

    public string Path { get; } = path;

    public long Size { get; } = size;

    public ModelFacts Facts { get; } = facts;

    public string? Sha256 { get; } = sha256;

    public override LogSource Source => Log;

    public override string Type => "model";

    public override string Identity => Path;

    public override DateTimeOffset Time => time;

    public override IReadOnlyList<Field> Names => Own;

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.TargetFilename => FieldValue.Of(Path),
        Fields.BaseName => FieldValue.Of(Path[(Path.LastIndexOf('/') + 1)..]),
        Fields.Size => FieldValue.Of(Size),
        Fields.Format => FieldValue.Of(Facts.Format),
        Fields.Sha256 => FieldValue.Of(Sha256),
        Fields.Verdict => FieldValue.Of(Facts.Verdict.Word()),
        Fields.Anomalies => Listed(Facts.Anomalies.Select(a => $"{a.Code}: {a.Why} ({a.Place})")),
        // With the opcode, so that a rule can tell a class that is made from a function that is called.
        Fields.Imports => Listed(Facts.Imports.Select(i => $"{i.Qualified} {i.How} {i.Verdict.Word()}")),
        Fields.LoadsUnderWeightsOnly => Facts.LoadsUnderWeightsOnly is { } loads ? FieldValue.Of(loads) : default,
        Fields.Operators => Listed(Facts.Operators),
        Fields.ExternalFiles => Listed(Facts.ExternalFiles),
        Fields.Templates => Listed(Facts.Templates.Select(t => t.Text)),
        Fields.TemplateHashes => Listed(Facts.Templates.Select(t => t.Sha256)),
        _ => default,
    };

    private static FieldValue Listed(IEnumerable<string> entries) => entries.ToArray() is { Length: > 0 } list ? FieldValue.Of(list) : default;
}
