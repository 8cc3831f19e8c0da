namespace Canary.Sensors.Etw.Decoders;

internal static class Reading
{
    /// <summary>How the reading of an event ended, by the newest version of it that is known.</summary>
    public static EtwOutcome Outcome(this scoped in PayloadReader reader, byte version, byte newest) =>
        !reader.Failed ? EtwOutcome.Taken : version > newest ? EtwOutcome.UnknownVersion : EtwOutcome.Malformed;
}
