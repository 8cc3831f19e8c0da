using Canary.Models.Containers;

namespace Canary.Models.Formats;

/// <summary>Zip, and what is kept in zips: PyTorch's files, TorchScript, npz and Keras. Every member is inspected by its own format.</summary>
public sealed class ZipFormat : IModelFormat
{
    public string Name => "zip";

    public bool Claims(ModelBytes bytes) => RelaxedZip.Claims(bytes);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        var zip = RelaxedZip.Read(bytes, facts, inspection);
        var layout = ZipLayout.Of(zip.Members);
        if (inspection.Within.Length == 0)
            facts.Format = layout.Format;
        foreach (var (member, body) in Members(zip, inspection.Cancel))
        {
            if (layout.IsStorage(member))
                Storage(member, body, facts, inspection);
            else if (layout.IsScript(member))
                facts.Report("torchscript-code", ModelVerdict.Unknown, inspection.At(member.Name),
                    "the member is code that torch.jit compiles and runs");
            else
                StrayMember.Inspect(body, facts, inspection);
        }
    }

    /// <summary>The members with a body, each opened when its turn comes.</summary>
    internal static IEnumerable<(ZipMember Member, ModelBytes Body)> Members(RelaxedZip zip, CancellationToken cancel)
    {
        foreach (var member in zip.Members)
        {
            cancel.ThrowIfCancellationRequested();
            if (!member.IsFolder && zip.Open(member) is { } body)
                yield return (member, body);
        }
    }

    // The numbers of a tensor are nobody's format: any bytes may stand there, also those that begin a pickle.
    private static void Storage(ZipMember member, ModelBytes body, ModelFacts facts, ModelInspection inspection)
    {
        if (NativeCode.Kind(body.Head) is { } kind)
            facts.Report("archive-native-code", ModelVerdict.Deny, inspection.At(member.Name), $"the member is a program ({kind})");
        if (inspection.Within.Length == 0 && member.Method == ZipMember.Stored)
            facts.Tensor(new ModelTensor(member.Name, "storage", [body.Length], member.BodyAt, body.Length));
    }
}
