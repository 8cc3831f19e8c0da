using Canary.Models.Containers;

namespace Canary.Models.Formats;

/// <summary>Tar, as NeMo, old PyTorch and layers of container images have it.</summary>
public sealed class TarFormat : IModelFormat
{
    public string Name => "tar";

    public bool Claims(ModelBytes bytes) => Tar.Claims(bytes);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        foreach (var member in Tar.Read(bytes, facts, inspection))
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            StrayMember.Inspect(member, facts, inspection);
        }
    }
}
