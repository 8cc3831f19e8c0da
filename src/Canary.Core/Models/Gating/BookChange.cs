namespace Canary.Models.Gating;

/// <summary>What became of the guarded files when the lock was replaced.</summary>
/// <param name="Same">Held against the same bytes as before.</param>
/// <param name="Changed">Held against other bytes: unsealed, and compared anew.</param>
/// <param name="Added">Guarded from now on.</param>
/// <param name="Gone">Named by no lock any more.</param>
public sealed record BookChange(int Same, int Changed, int Added, int Gone);
