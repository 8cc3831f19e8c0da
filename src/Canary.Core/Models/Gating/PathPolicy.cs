using Canary.Text;

namespace Canary.Models.Gating;

/// <summary>A policy for the files that a glob matches.</summary>
public sealed record PathPolicy(PathGlob Glob, GatePolicy Policy)
{
    /// <summary>From <c>GLOB=POLICY</c>; null where it is not of this form.</summary>
    /// <param name="directory">Where a glob starts that has a slash within.</param>
    public static PathPolicy? Parse(string text, string directory)
    {
        int equals = text.LastIndexOf('=');
        return equals > 0 && GatePolicies.TryParse(text[(equals + 1)..], out var policy) ? Of(text[..equals], policy, directory) : null;
    }

    public static PathPolicy Of(string glob, GatePolicy policy, string directory) =>
        new(new PathGlob(glob.IndexOf('/', StringComparison.Ordinal) > 0 ? $"{directory.TrimEnd('/')}/{glob}" : glob), policy);
}

/// <summary>What the gate refuses, by path: the first glob that matches decides.</summary>
public sealed class PolicyBook(GatePolicy otherwise, IReadOnlyList<PathPolicy> paths)
{
    /// <summary>
    /// For a file whose path is not known for certain, since its opener sees other mounts: no glob that allows more can be had by a false name.
    /// </summary>
    public GatePolicy Strictest { get; } = paths.Aggregate(otherwise, static (most, p) => p.Policy > most ? p.Policy : most);

    /// <summary>For what no glob matches.</summary>
    public GatePolicy Otherwise => otherwise;

    public IReadOnlyList<PathPolicy> Paths => paths;

    /// <param name="path">Absolute, without links; null where it is not known for certain.</param>
    public GatePolicy Of(string? path)
    {
        if (path is null)
            return Strictest;
        foreach (var each in paths)
        {
            if (each.Glob.Matches(path.TrimStart('/')))
                return each.Policy;
        }

        return otherwise;
    }
}
