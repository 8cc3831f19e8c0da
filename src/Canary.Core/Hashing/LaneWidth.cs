namespace Canary.Hashing;

/// <summary>How many inputs are hashed side by side, in the lanes of one vector.</summary>
internal enum LaneWidth
{
    /// <summary>Every processor.</summary>
    One = 1,

    /// <summary>SSSE3: what the AOT compiler takes for granted.</summary>
    Four = 4,

    /// <summary>AVX2.</summary>
    Eight = 8,

    /// <summary>AVX-512.</summary>
    Sixteen = 16,
}
