namespace Canary.Services;

/// <summary>Which of them this system has.</summary>
internal static class ServiceHosts
{
    /// <summary>The name that Windows' service control manager and event log know it by.</summary>
    public const string WindowsName = "Canary";

    public const string None = "on this system Canary knows no service manager";

    public static IServiceHost? Here() =>
        OperatingSystem.IsLinux() ? new SystemdHost()
        : OperatingSystem.IsWindows() ? new WindowsHost()
        : null;
}
