namespace Canary.Models.Gating;

/// <summary>The process that loads a model, as far as it could still be asked.</summary>
/// <param name="StartedNs">Nanoseconds since boot; 0 where it was gone.</param>
/// <param name="Devices">The GPU devices that it has open: <c>/dev/nvidia0</c>, <c>/dev/kfd</c>, <c>/dev/dri/renderD128</c>.</param>
public sealed record Loader(int Pid, long StartedNs, string? Image, string? CommandLine, string? User, IReadOnlyList<string> Devices);
