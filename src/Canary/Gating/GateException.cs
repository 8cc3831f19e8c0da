namespace Canary.Gating;

/// <summary>What a gate was asked to compare with is not to be had: exit code 2, with the way out in the words.</summary>
internal sealed class GateException(string message) : Exception(message);
