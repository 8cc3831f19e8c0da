namespace Canary.EndToEnd.Support;

/// <summary>A real application's way to a model: llama.cpp and ONNX Runtime in node.</summary>
internal static class Loader
{
    // ONNX Runtime answers in a third of a second, llama.cpp in two; on a machine with fifty processes in line it was forty.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>llama.cpp maps the file.</summary>
    public static Task<Ran> LlamaMapsAsync(string model) => RunAsync("load-gguf.mjs", model, "mmap");

    /// <summary>llama.cpp reads the file.</summary>
    public static Task<Ran> LlamaReadsAsync(string model) => RunAsync("load-gguf.mjs", model, "read");

    public static Task<Ran> OnnxRuntimeAsync(string model) => RunAsync("load-onnx.mjs", model);

    private static Task<Ran> RunAsync(string script, params string[] arguments) =>
        Command.RunAsync("node", [Path.Combine(Machine.Loaders, script), .. arguments], Limit);
}
