namespace Canary.Sensors.Etw;

/// <summary>What the state could not make whole. Counted since the start; one thread writes.</summary>
internal sealed class EtwCounts
{
    /// <summary>Starts told by one source only, after the wait for the other.</summary>
    public long LoneHalves { get; set; }

    /// <summary>Halves that came after their start was told: a command line may be among them.</summary>
    public long LateHalves { get; set; }

    /// <summary>Processes whose pid was seen to start again, without an end before.</summary>
    public long LostEnds { get; set; }

    /// <summary>Living processes that were forgotten because there were too many.</summary>
    public long ForgottenProcesses { get; set; }

    /// <summary>Acts on files that are known by a number only.</summary>
    public long UnresolvedFiles { get; set; }

    /// <summary>Acts on registry keys whose name is not, or only in part, known.</summary>
    public long UnresolvedKeys { get; set; }

    /// <summary>Threads started from outside in a process that no event told of: it may have been its first.</summary>
    public long UnknownTargets { get; set; }

    /// <summary>Parts of scripts that came after, or without, the rest.</summary>
    public long PartialScripts { get; set; }
}
