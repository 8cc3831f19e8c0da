using Canary.Models.Gating;

namespace Canary.Sensors.Gating;

/// <summary>What a file is held against, with what has been found so far: replaced together, so that no verdict outlives what it was about.</summary>
internal sealed record Expectation(GatedFile File, ChunkVerdicts Verdicts)
{
    public Expectation(GatedFile file)
        : this(file, new ChunkVerdicts(file.Chunks))
    {
    }
}
