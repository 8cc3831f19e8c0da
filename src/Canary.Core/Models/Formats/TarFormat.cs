using Canary.Models.Containers;
using Canary.Models.Pickles;

namespace Canary.Models.Formats;

/// <summary>Tar, as NeMo, layers of container images, and PyTorch before 0.1.10 have it. Every member is inspected by its own format.</summary>
public sealed class TarFormat : IModelFormat
{
    public string Name => "tar";

    public bool Claims(ModelBytes bytes) => Tar.Claims(bytes);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        foreach (var member in Tar.Read(bytes, facts, inspection))
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            if (member.Name is "storages" or "tensors" && TarTorch.Inspect(member, facts, inspection))
            {
                if (inspection.Within.Length == 0)
                    facts.Format = "torch-tar";
            }
            else
            {
                StrayMember.Inspect(member, facts, inspection);
            }
        }
    }
}
