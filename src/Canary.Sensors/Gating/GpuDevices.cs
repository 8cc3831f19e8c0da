using System.Globalization;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>The devices by which a process reaches a GPU.</summary>
[SupportedOSPlatform("linux")]
internal static class GpuDevices
{
    private const int MostDescriptors = 65_536;
    private const int MostDevices = 32;

    // Mapped by who uses a GPU, also through a broker that has the device open in its place.
    private static readonly string[] Libraries = ["libcuda.so", "libcudart.so", "libggml-cuda.so", "libcufile.so", "libhsa-runtime64.so", "libze_loader.so"];

    /// <param name="proc"><c>/proc</c>, or a tree of the same form.</param>
    public static IReadOnlyList<string> Of(string proc, int pid)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            string folder = Path.Combine(proc, pid.ToString(CultureInfo.InvariantCulture), "fd");
            foreach (string link in Directory.EnumerateFileSystemEntries(folder).Take(MostDescriptors))
            {
                if (found.Count < MostDevices && new FileInfo(link).LinkTarget is { } target && IsGpu(target))
                    found.Add(target);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone, or goes: what was found so far is what there is.
        }

        return [.. found];
    }

    /// <summary>The runtime libraries of GPUs that a process has mapped.</summary>
    public static IReadOnlyList<string> LibrariesOf(string proc, int pid)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string path in MappedPaths.Of(proc, pid))
        {
            if (found.Count < MostDevices && Libraries.Any(l => Path.GetFileName(path).StartsWith(l, StringComparison.Ordinal)))
                found.Add(path);
        }

        return [.. found];
    }

    public static bool IsGpu(string path) =>
        path is "/dev/kfd" or "/dev/nvidiactl"
        || path.StartsWith("/dev/nvidia-uvm", StringComparison.Ordinal)
        || path.StartsWith("/dev/nvidia-fs", StringComparison.Ordinal)
        || (path.StartsWith("/dev/nvidia", StringComparison.Ordinal) && path.Length > 11 && char.IsAsciiDigit(path[11]))
        || path.StartsWith("/dev/dri/renderD", StringComparison.Ordinal);
}
