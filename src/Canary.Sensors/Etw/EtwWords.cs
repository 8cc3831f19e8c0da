namespace Canary.Sensors.Etw;

/// <summary>What the sensor says of itself.</summary>
internal static class EtwWords
{
    public const string Tier = "ETW, two sessions";

    public const string ProcessTier = "ETW, processes alone";

    public const string Administrator = "ETW needs administrator: run Canary as a service (canary service install) or from an elevated prompt";

    public const string Stub = "no real ETW stands behind this system's functions (Wine, or something like it). Run Canary on Windows itself";

    public static readonly IReadOnlyList<string> NothingSeen = ["processes, files, registry, connections, DNS questions, scripts"];

    public static readonly IReadOnlyList<string> Blind =
    [
        "the environment of processes, and with it an agent's own session id where only a variable has it",
        "names of files and keys that were open before Canary started: such events are told as unresolved",
        "what other system loggers crowd out: Windows allows eight",
        "blocking: a model's open is seen, not held back",
        "programs inside WSL and other virtual machines: run Canary there too",
    ];
}
