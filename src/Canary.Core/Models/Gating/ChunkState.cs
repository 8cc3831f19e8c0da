namespace Canary.Models.Gating;

/// <summary>What is known of one chunk of a file as it now is.</summary>
public enum ChunkState : byte
{
    Unknown,

    /// <summary>Being read and compared.</summary>
    Busy,

    Good,
    Bad,
}
