using System.Collections.Frozen;
using Canary.Events;

namespace Canary.Sensors.Etw;

/// <summary>
/// Which process has opened which model file, and whether it used a graphics device. Each file is told once a process, and once more
/// when the process first uses a device. Bounded.
/// </summary>
internal sealed class EtwModels
{
    private const int MostProcesses = 4096, MostFiles = 512, MostToldAgain = 16, MostFolders = 1024;

    // Of the names in Models/Locking those that little else uses: the name is all that an open tells.
    private static readonly FrozenSet<string> Extensions = FrozenSet.ToFrozenSet(
    [
        ".gguf", ".ggml", ".llamafile", ".safetensors", ".onnx", ".ort", ".pt", ".pth", ".ckpt", ".pkl", ".joblib", ".npz",
        ".h5", ".hdf5", ".keras", ".tflite", ".nemo", ".pdparams", ".pte", ".ptl",
    ], StringComparer.OrdinalIgnoreCase);

    private readonly RecentMap<ProcessKey, Use> _uses = new(MostProcesses);
    private readonly RecentMap<string, bool> _modelFolders = new(MostFolders, StringComparer.OrdinalIgnoreCase);

    /// <summary>Files that were not told because one process had opened too many.</summary>
    public long Untold { get; private set; }

    /// <param name="path">A file that was opened to read.</param>
    public void Opened(long atNs, ProcessKey actor, string path, List<SensorEvent> into)
    {
        var name = path.AsSpan(path.LastIndexOf('\\') + 1);
        if (name.Equals("config.json", StringComparison.OrdinalIgnoreCase))
            _modelFolders.Set(Folder(path, name), true);
        if (!IsModel(path, name))
            return;
        var use = UseOf(actor);
        if (use.Files.Count >= MostFiles)
            Untold++;
        else if (use.Files.Add(path))
            into.Add(new ModelOpened(atNs, actor, path, use.Device));
    }

    /// <param name="device">The adapter in words.</param>
    public void UsedDevice(long atNs, ProcessKey actor, string device, List<SensorEvent> into)
    {
        var use = UseOf(actor);
        if (use.Device is not null)
            return;
        use.Device = device;
        foreach (string path in use.Files.Take(MostToldAgain))
            into.Add(new ModelOpened(atNs, actor, path, device));
    }

    // «.bin» is everyone's: a model has a word of its own in the name, or a config.json beside it that was opened before.
    private bool IsModel(string path, ReadOnlySpan<char> name)
    {
        int dot = name.LastIndexOf('.');
        if (dot < 0)
            return false;
        var extension = name[dot..];
        if (Extensions.GetAlternateLookup<ReadOnlySpan<char>>().Contains(extension))
            return true;
        return extension.Equals(".bin", StringComparison.OrdinalIgnoreCase)
            && (name.Contains("pytorch_model", StringComparison.OrdinalIgnoreCase) || name.Contains("adapter_model", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("ggml-", StringComparison.OrdinalIgnoreCase) || _modelFolders.TryGet(Folder(path, name), out _));
    }

    private static string Folder(string path, ReadOnlySpan<char> name) => path[..(path.Length - name.Length)];

    private Use UseOf(ProcessKey actor)
    {
        if (!_uses.TryGet(actor, out var use))
            _uses.Set(actor, use = new Use());
        return use;
    }

    private sealed class Use
    {
        public string? Device { get; set; }
        public HashSet<string> Files { get; } = new(StringComparer.OrdinalIgnoreCase);
    }
}
