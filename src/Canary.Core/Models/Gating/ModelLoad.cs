using Canary.Findings;

namespace Canary.Models.Gating;

/// <summary>A process loads a model, or tried to, as rules of the category <c>model_load</c> see it.</summary>
/// <param name="path">As the opener's mount names it.</param>
/// <param name="file">What the lock says of it; null where no lock names it, or no file is read.</param>
/// <param name="tensors">Of the chunks that differ.</param>
/// <param name="detail">A clause for people, which follows the reason's word.</param>
public sealed class ModelLoad(
    string path, GatedFile? file, GateAnswer answer, GateReason reason, string detail, Loader loader, IReadOnlyList<string> tensors, DateTimeOffset time) : Subject
{
    private static readonly LogSource Log = new("canary", "model_load");

    private static readonly Field[] Own = [.. new[]
    {
        "TargetFilename", "BaseName", "Size", "Format", "Sha256", "Verdict", "Basis", "Gate", "Reason", "Tensors", "GpuDevice", "Image", "CommandLine",
        "ProcessId", "User",
    }.Select(Field.Named)];

    public string Path { get; } = path;

    public GatedFile? File { get; } = file;

    public GateAnswer Answer { get; } = answer;

    public GateReason Reason { get; } = reason;

    public string Detail { get; } = detail;

    public Loader Loader { get; } = loader;

    public IReadOnlyList<string> Tensors { get; } = tensors;

    public override LogSource Source => Log;

    public override string Type => "model";

    public override string Identity => Path;

    public override DateTimeOffset Time { get; } = time;

    public override IReadOnlyList<ProcessFacts> Chain => Loader.Chain;

    public override IReadOnlyList<Field> Names => Own;

    public override FieldValue Get(Field field) => field.Id switch
    {
        Fields.TargetFilename => FieldValue.Of(Path),
        Fields.BaseName => FieldValue.Of(Path[(Path.LastIndexOf('/') + 1)..]),
        Fields.Size => File is null ? default : FieldValue.Of(File.Size),
        Fields.Format => FieldValue.Of(File?.Format),
        Fields.Sha256 => FieldValue.Of(File?.Sha256),
        Fields.Verdict => FieldValue.Of(File?.Verdict),
        Fields.Basis => FieldValue.Of(File?.Basis),
        Fields.Gate => FieldValue.Of(Answer.Word()),
        Fields.Reason => FieldValue.Of($"{Reason.Word()}: {Detail}"),
        Fields.Tensors => Listed(Tensors),
        Fields.GpuDevice => Listed(Loader.Devices),
        Fields.Image => FieldValue.Of(Loader.Image),
        Fields.CommandLine => FieldValue.Of(Loader.CommandLine),
        Fields.ProcessId => FieldValue.Of(Loader.Pid),
        Fields.User => FieldValue.Of(Loader.User),
        _ => default,
    };

    private static FieldValue Listed(IReadOnlyList<string> entries) => entries.Count > 0 ? FieldValue.Of([.. entries]) : default;
}
