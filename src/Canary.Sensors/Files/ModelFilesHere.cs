using Canary.Models.Locking;

namespace Canary.Sensors.Files;

/// <summary>Files by what the system that this runs on can say of them.</summary>
public static class ModelFilesHere
{
    public static IModelFiles Create() => OperatingSystem.IsLinux() ? new LinuxModelFiles() : new PlainFiles();
}
