namespace Canary.Models.Pickles;

/// <summary>What a pickle may import, and by which opcode it may use it: allowed, known to be bad, or neither.</summary>
public sealed class ImportPolicy
{
}
