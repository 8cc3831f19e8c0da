using Canary.Models.Pickles;

namespace Canary.Models.Formats;

/// <summary>The members of the tar that PyTorch wrote before 0.1.10 in which raw numbers lie between pickles: <c>storages</c> and <c>tensors</c>.</summary>
public sealed class TorchTarFormat : IModelFormat
{
    public string Name => "torch-tar";

    public bool Claims(ModelBytes bytes) => bytes.Name is "storages" or "tensors" && PickleScan.Looks(bytes);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        if (!TarTorch.Inspect(bytes, facts, inspection))
            PickleScan.Run(bytes, 0, facts, inspection);
    }
}
