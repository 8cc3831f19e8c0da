using System.Collections.Frozen;

namespace Canary.Models.Locking;

/// <summary>Names under which loaders look for models, or for what they run or read besides: a file of such a name that nobody understands is no small matter.</summary>
public static class ModelNames
{
    private static readonly FrozenSet<string> Extensions = FrozenSet.ToFrozenSet(
    [
        ".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle", ".p", ".joblib", ".dill", ".npy", ".npz", ".safetensors", ".gguf", ".ggml", ".llamafile", ".onnx", ".ort", ".h5", ".hdf5", ".keras",
        ".pb", ".tflite", ".engine", ".plan", ".trt", ".mar", ".nemo", ".mlmodel", ".pdparams", ".pdmodel", ".msgpack", ".pte", ".ptl",
    ], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Beside = FrozenSet.ToFrozenSet(
        [".py", ".pyc", ".so", ".dll", ".dylib", ".pyd", ".jinja", ".jinja2", ".json", ".model", ".yaml", ".yml", ".toml", ".cfg", ".data"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Weights, by the name.</summary>
    public static bool IsModel(string path) => Extensions.Contains(Path.GetExtension(path));

    /// <summary>A loader may take it up by its name: weights, code, settings, templates.</summary>
    public static bool IsLoaded(string path) => IsModel(path) || Beside.Contains(Path.GetExtension(path));
}
