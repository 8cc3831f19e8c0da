namespace Canary.Sensors.Etw;

/// <summary>The providers that the sensor turns on. The number is what a ring holds instead of the 16 bytes of a GUID.</summary>
internal enum EtwProvider : byte
{
    None,

    /// <summary>The kernel logger's Process class (MOF): command lines.</summary>
    KernelLoggerProcess,

    /// <summary>Microsoft-Windows-Kernel-Process: sequence numbers, image paths, image loads.</summary>
    KernelProcess,

    KernelFile,
    KernelNetwork,
    KernelRegistry,
    KernelAuditApi,
    DnsClient,
    PowerShell,
    PowerShellCore,
    Amsi,
    DxgKernel,
}

/// <summary>The providers' GUIDs and what is asked of each. GUIDs and keywords after the published manifests (jdu2600/Windows10EtwEvents).</summary>
internal static class EtwProviders
{
    private static readonly (Guid Id, EtwProvider Provider)[] All =
    [
        (new("3d6fa8d0-fe05-11d0-9dda-00c04fd7ba7c"), EtwProvider.KernelLoggerProcess),
        (new("22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716"), EtwProvider.KernelProcess),
        (new("edd08927-9cc4-4e65-b970-c2560fb5c289"), EtwProvider.KernelFile),
        (new("7dd42a49-5329-4832-8dfd-43d979153a88"), EtwProvider.KernelNetwork),
        (new("70eb4f03-c1de-4f73-a051-33d13d5413bd"), EtwProvider.KernelRegistry),
        (new("e02a841c-75a3-4fa7-afc8-ae09cf9b7f23"), EtwProvider.KernelAuditApi),
        (new("1c95126e-7eea-49a9-a3fe-a378b03ddb4d"), EtwProvider.DnsClient),
        (new("a0c1853b-5c40-4b15-8766-3cf1c58f985a"), EtwProvider.PowerShell),
        (new("f90714a8-5509-434a-bf6d-b1624c8a19a2"), EtwProvider.PowerShellCore),
        (new("2a576b87-09a7-520e-c21a-4942f0271d67"), EtwProvider.Amsi),
        (new("802ec45a-1e99-4b83-9920-87c98277ba9d"), EtwProvider.DxgKernel),
    ];

    /// <summary>None for a provider that nobody asked for.</summary>
    public static EtwProvider Of(in Guid id)
    {
        foreach (var (known, provider) in All)
        {
            if (known == id)
                return provider;
        }

        return EtwProvider.None;
    }

    public static Guid IdOf(EtwProvider provider)
    {
        foreach (var (id, known) in All)
        {
            if (known == provider)
                return id;
        }

        return Guid.Empty;
    }
}
