using Canary.Findings;

namespace Canary.Rules;

/// <summary>One process of a chain, as a subject that <c>descendant_of</c> can be matched against.</summary>
internal sealed class AncestorSubject : Subject
{
    /// <summary>The fields that an ancestor has.</summary>
    public static readonly IReadOnlyList<string> FieldNames = ["Image", "CommandLine", "CurrentDirectory", "User", "ProcessId"];

    private static readonly Field[] Own = [.. FieldNames.Select(Field.Named)];

    public ProcessFacts? Process { get; set; }

    public override LogSource Source => default;

    public override string Type => "process";

    public override string Identity => Process?.Image ?? "";

    public override DateTimeOffset Time => Process?.Started ?? default;

    public override FieldValue Get(Field field) => Process is not { } process ? default : field.Id switch
    {
        Fields.Image => FieldValue.Of(process.Image),
        Fields.CommandLine => FieldValue.Of(process.CommandLine),
        Fields.CurrentDirectory => FieldValue.Of(process.CurrentDirectory),
        Fields.User => FieldValue.Of(process.User),
        Fields.ProcessId => FieldValue.Of(process.Pid),
        _ => default,
    };

    public override IReadOnlyList<Field> Names => Own;
}
