namespace Canary.Sensors.Etw;

/// <summary>What a session asks a provider for. Keywords after the published manifests; ids alone are delivered, whatever else the keywords take in.</summary>
internal sealed record EtwSubscription(EtwProvider Provider, ulong Keywords, IReadOnlyList<int> Ids)
{
    private const ulong All = ulong.MaxValue;

    /// <summary>Beside the kernel logger's own Process class.</summary>
    public static readonly IReadOnlyList<EtwSubscription> OfProcesses = [new(EtwProvider.KernelProcess, 0x10, [1, 2, 15])];

    public static readonly IReadOnlyList<EtwSubscription> OfRest =
    [
        // THREAD, IMAGE
        new(EtwProvider.KernelProcess, 0x20 | 0x40, [3, 5]),
        // FILENAME, CREATE, DELETE_PATH, RENAME_SETLINK_PATH, CREATE_NEW_FILE; never READ or WRITE
        new(EtwProvider.KernelFile, 0x10 | 0x80 | 0x400 | 0x800 | 0x1000, [10, 11, 12, 26, 27, 28, 30]),
        // IPV4, IPV6
        new(EtwProvider.KernelNetwork, 0x10 | 0x20, [12, 28, 42, 58]),
        // CloseKey, SetValueKey, DeleteValueKey, CreateKey, OpenKey, DeleteKey
        new(EtwProvider.KernelRegistry, 0x1 | 0x100 | 0x200 | 0x1000 | 0x2000 | 0x4000, [1, 2, 3, 5, 6, 13]),
        new(EtwProvider.KernelAuditApi, All, [5, 6]),
        new(EtwProvider.DnsClient, All, [3006, 3008]),
        new(EtwProvider.PowerShell, All, [4104]),
        new(EtwProvider.PowerShellCore, All, [4104]),
        new(EtwProvider.Amsi, All, [1101]),
        // Base: adapters, devices, contexts; without the frames and queues of its other keywords
        new(EtwProvider.DxgKernel, 0x1, []),
    ];
}
