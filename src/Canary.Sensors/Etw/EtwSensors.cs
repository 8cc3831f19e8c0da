using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>Makes the sensor of Windows.</summary>
public static class EtwSensors
{
    /// <summary>Names of the two sessions, as <c>logman query -ets</c> shows them.</summary>
    public const string ProcessSession = "Canary-process", RestSession = "Canary-rest";

    /// <summary>Not started. One at a time on a machine: a second takes the first one's sessions over.</summary>
    /// <param name="added">Paths whose opens are wanted besides; <c>~</c> and <c>*</c> stand for anything.</param>
    /// <param name="removed">Parts of the built-in list that are not wanted.</param>
    [SupportedOSPlatform("windows")]
    public static ISensor Create(IEnumerable<string> added, IReadOnlyCollection<string> removed)
    {
        var clock = new QpcClock();
        var interest = new WindowsInterest(added, removed);
        var state = new EtwState(new DeviceMap(DosDevices.Now(), Environment.GetFolderPath(Environment.SpecialFolder.Windows)), interest);
        state.Clock.BootFileTime = BootFileTime(clock);
        return new EtwSensor(
            new EtwSession(ProcessSession, "process", EtwSubscription.OfProcesses, EtwSessionSize.Processes),
            new EtwSession(RestSession, "event", EtwSubscription.OfRest, EtwSessionSize.Rest), new EtwDecoders(state), clock);
    }

    // As the wall clock now stands: the times of creation in payloads are by it.
    private static long BootFileTime(QpcClock clock) => TimeProvider.System.GetUtcNow().ToFileTime() - (clock.NowNs() / 100);
}
