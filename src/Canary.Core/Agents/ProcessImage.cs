using Canary.Config;
using Canary.Events;

namespace Canary.Agents;

/// <summary>
/// What a process was between two execs. Never changes, and points at what it came from, so that a chain stays readable whatever
/// exits, execs or is reused later; what nothing points at any more is collected.
/// </summary>
public sealed record ProcessImage
{
    /// <summary>A chain this long is cut at its far end: a program that forks itself for ever must not hold memory for ever.</summary>
    public const int MostAncestors = 64;

    public required ProcessKey Key { get; init; }
    public required string Path { get; init; }
    public required string Requested { get; init; }

    /// <summary>The command line that rules see: an agent's shell wrapper taken off.</summary>
    public required string CommandLine { get; init; }

    /// <summary>As the kernel has it; the same object as <see cref="CommandLine"/> where nothing was taken off.</summary>
    public required string RawCommandLine { get; init; }

    /// <summary>What an encoded argument of a shell says, decoded; null where there is none.</summary>
    public string? DecodedCommand { get; init; }

    public string? CurrentDirectory { get; init; }
    public string? User { get; init; }

    /// <summary>Windows' mandatory label; null elsewhere.</summary>
    public string? IntegrityLevel { get; init; }

    public FileId File { get; init; }
    public bool Truncated { get; init; }
    public DateTimeOffset Started { get; init; }

    /// <summary>The well-known program that this file is by content, where its name says otherwise.</summary>
    public string? OriginalName { get; init; }

    /// <summary>The agent that this image is, not the one that it merely runs under.</summary>
    public AgentProfile? Profile { get; init; }

    /// <summary>The parent's image at the fork, or the image that an exec of the same process replaced.</summary>
    public ProcessImage? Origin { get; init; }

    public int Depth { get; init; }

    /// <summary>True for a fork that has not called exec: the image is its parent's.</summary>
    public bool IsForkedCopy { get; init; }

    /// <summary>What a process executed by this one, or replacing it, has as its origin: a copy that never called exec is passed over.</summary>
    public ProcessImage? AsOrigin => IsForkedCopy ? Origin : this;

    /// <summary>The nearest ancestor that is another process.</summary>
    public ProcessImage? Parent
    {
        get
        {
            var at = Origin;
            while (at is not null && at.Key == Key)
                at = at.Origin;
            return at;
        }
    }

    public ProcessImage ForkedInto(ProcessKey child, DateTimeOffset at)
    {
        var origin = Shortened(AsOrigin);
        return this with { Key = child, Started = at, Origin = origin, Depth = DepthAfter(origin), IsForkedCopy = true };
    }

    public static int DepthAfter(ProcessImage? origin) => origin is null ? 0 : origin.Depth + 1;

    /// <summary>The chain from here; its nearer half once it has grown to the limit.</summary>
    public static ProcessImage? Shortened(ProcessImage? from)
    {
        if (from is null || from.Depth < MostAncestors)
            return from;
        var nearest = new List<ProcessImage>(MostAncestors / 2);
        for (var at = from; at is not null && nearest.Count < MostAncestors / 2; at = at.Origin)
            nearest.Add(at);
        ProcessImage? chain = null;
        for (int i = nearest.Count - 1; i >= 0; i--)
            chain = nearest[i] with { Origin = chain, Depth = DepthAfter(chain) };
        return chain;
    }
}
