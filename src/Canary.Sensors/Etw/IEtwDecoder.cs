using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>
/// Reads the events of one provider. Called in the order of the events' time, on the pump's thread. Never throws, whatever the bytes:
/// what a version does not promise is not read, what is too short is <see cref="EtwOutcome.Malformed"/>.
/// </summary>
internal interface IEtwDecoder
{
    EtwProvider Provider { get; }

    /// <param name="state">What earlier events told: processes, names of files and keys.</param>
    /// <param name="into">Gets what the event means; often nothing, where it only moves the state.</param>
    EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into);
}

/// <summary>What became of an event. Everything but the first two is counted and told as a loss.</summary>
internal enum EtwOutcome : byte
{
    Taken,

    /// <summary>An event of the provider that we did not ask for: keywords take in others.</summary>
    NotOurs,

    /// <summary>A version of an event that is newer than what we know, and whose older part does not read.</summary>
    UnknownVersion,

    /// <summary>Too short, or a length or string that runs past the end.</summary>
    Malformed,
}
