using Canary.Findings;

namespace Canary.Models.Gating;

/// <summary>The process that loads a model, as far as it could still be asked.</summary>
/// <param name="StartedNs">Nanoseconds since boot; 0 where it was gone.</param>
/// <param name="Chain">Itself, its parent and so on; empty where it was gone.</param>
/// <param name="Devices">The GPU devices that it has open: <c>/dev/nvidia0</c>, <c>/dev/kfd</c>, <c>/dev/dri/renderD128</c>.</param>
public sealed record Loader(int Pid, long StartedNs, IReadOnlyList<ProcessFacts> Chain, IReadOnlyList<string> Devices)
{
    public string? Image => Chain is [var self, ..] ? self.Image : null;

    public string? CommandLine => Chain is [var self, ..] ? self.CommandLine : null;

    public string? User => Chain is [var self, ..] ? self.User : null;
}
