using System.Globalization;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>A disk, or a device's memory, that a program drives itself: bytes that go that way are never read from a file.</summary>
/// <param name="Path">The device or resource.</param>
/// <param name="Pid">Who has it; 0 for the machine as it is set up.</param>
/// <param name="What">A clause for people.</param>
public sealed record DirectAccess(string Path, int Pid, string What);

/// <summary>Looks for the marks of loading past the file layer: NVMe bound to vfio, its registers mapped, a GPU's memory mapped.</summary>
[SupportedOSPlatform("linux")]
internal static class NvmeDirect
{
    private const string NvmeClass = "0x010802";
    private const string MassStorage = "0x0108";
    private const int MostDevices = 4096;
    private const int MostFound = 64;

    /// <param name="sys"><c>/sys</c>, or a tree of the same form.</param>
    public static IReadOnlyList<DirectAccess> OfMachine(string sys)
    {
        var found = new List<DirectAccess>();
        foreach (string device in Entries(Path.Combine(sys, "bus/pci/devices")).Take(MostDevices))
        {
            string kind = Word(Path.Combine(device, "class"));
            if (!kind.StartsWith(MassStorage, StringComparison.Ordinal))
                continue;
            string? driver = Path.GetFileName(LinkOf(Path.Combine(device, "driver")));
            string wanted = Word(Path.Combine(device, "driver_override"));
            if (driver is "vfio-pci" or "uio_pci_generic" or "igb_uio")
                Add(found, new DirectAccess(device, 0, $"the disk is bound to {driver}: no file of it is read through the kernel"));
            else if (wanted == "vfio-pci")
                Add(found, new DirectAccess(device, 0, "the disk is to be bound to vfio-pci"));
        }

        if (Word(Path.Combine(sys, "module/vfio/parameters/enable_unsafe_noiommu_mode")) is "Y" or "1")
            Add(found, new DirectAccess(Path.Combine(sys, "module/vfio"), 0, "devices may be given to programs without an IOMMU"));
        return found;
    }

    /// <param name="proc"><c>/proc</c>, or a tree of the same form.</param>
    public static IReadOnlyList<DirectAccess> OfProcess(string proc, string sys, int pid)
    {
        var found = new List<DirectAccess>();
        foreach (string link in Entries(Path.Combine(proc, pid.ToString(CultureInfo.InvariantCulture), "fd")))
        {
            if (LinkOf(link) is not { } target)
                continue;
            if (target.StartsWith("/dev/gpunvme", StringComparison.Ordinal))
                Add(found, new DirectAccess(target, pid, "it has the device that moves bytes from NVMe to a GPU"));
            else if (target.StartsWith("/dev/vfio/", StringComparison.Ordinal) && OfMachine(sys).Any(d => d.What.Contains("vfio", StringComparison.Ordinal)))
                Add(found, new DirectAccess(target, pid, "it has a controller of NVMe in its own hands"));
        }

        foreach (string mapped in MappedPaths.Of(proc, pid))
        {
            if (!mapped.StartsWith("/sys/devices/pci", StringComparison.Ordinal))
                continue;
            string device = Path.Combine(sys, Path.GetDirectoryName(mapped)!["/sys/".Length..]);
            string kind = Word(Path.Combine(device, "class"));
            string resource = Path.GetFileName(mapped);
            if (resource == "resource0" && kind == NvmeClass)
                Add(found, new DirectAccess(mapped, pid, "it has the registers of an NVMe controller mapped"));
            else if (resource.StartsWith("resource1", StringComparison.Ordinal) && (kind.StartsWith("0x0300", StringComparison.Ordinal) || kind.StartsWith("0x0302", StringComparison.Ordinal)))
                Add(found, new DirectAccess(mapped, pid, "it has a GPU's own memory mapped"));
        }

        return found;
    }

    private static void Add(List<DirectAccess> found, DirectAccess access)
    {
        if (found.Count < MostFound && !found.Contains(access))
            found.Add(access);
    }

    private static string[] Entries(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Word(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
