using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Scenarios;

/// <summary>
/// Real loaders under the gate: what the lock knows is loaded by mapping and by reading; of what was tampered with not a byte reaches them. The
/// loaders themselves see nothing wrong with a flipped byte.
/// </summary>
[Collection(OneMachine.Name)]
public sealed class ModelLoadTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly World _world = new();
    private readonly TinyGguf _gguf = new();

    public ModelLoadTests()
    {
        Models = Directory.CreateDirectory(Path.Combine(_world.Home, "models")).FullName;
        File.WriteAllText(_world.Config, "alerts:\n  rate_limit: {alerts: 1000, per: 1s}\n");
        File.WriteAllBytes(In("tiny.gguf"), _gguf.Bytes);
        File.WriteAllBytes(In("tiny.onnx"), TinyOnnx.Whole());
        var (model, weights) = TinyOnnx.Split();
        File.WriteAllBytes(In("split.onnx"), model);
        File.WriteAllBytes(In(TinyOnnx.External), weights);
    }

    private string Models { get; }

    private string LockFile => Path.Combine(_world.Root, "models.lock");

    [Fact]
    public async Task Locked_models_load_under_the_gate_and_nobody_is_alarmed()
    {
        await LockAsync();
        await using var guard = await CanaryWatch.StartGuardAsync(_world, Models, LockFile);

        await AllLoadAsync();

        Assert.DoesNotContain(guard.Alerts, a => a.Mentions(Models));
        Assert.Equal(0, await guard.StopAsync());
    }

    [Fact]
    public async Task Without_a_gate_a_flipped_byte_is_loaded_like_any_other()
    {
        Flip("tiny.gguf", Middle("token_embd.weight"));
        Flip("tiny.onnx", Half("tiny.onnx"));
        Flip(TinyOnnx.External, Half(TinyOnnx.External));

        await AllLoadAsync();
    }

    [Theory]
    [InlineData("token_embd.weight")]
    [InlineData("blk.0.attn_q.weight")]
    [InlineData("output.weight")]
    public async Task A_flipped_byte_keeps_llama_cpp_from_loading_and_the_alert_names_its_tensor(string tensor)
    {
        await LockAsync();
        Flip("tiny.gguf", Middle(tensor));
        await using var guard = await CanaryWatch.StartGuardAsync(_world, Models, LockFile);

        Refused(await Loader.LlamaMapsAsync(In("tiny.gguf")));
        Refused(await Loader.LlamaReadsAsync(In("tiny.gguf")));

        await AlertAsync(guard, "tiny.gguf", tensor);
        Loaded(await Loader.OnnxRuntimeAsync(In("tiny.onnx")));
    }

    [Fact]
    public async Task A_flipped_byte_keeps_ONNX_Runtime_from_loading_and_the_alert_names_its_tensor()
    {
        await LockAsync();
        Flip("tiny.onnx", Half("tiny.onnx"));
        await using var guard = await CanaryWatch.StartGuardAsync(_world, Models, LockFile);

        Refused(await Loader.OnnxRuntimeAsync(In("tiny.onnx")));

        await AlertAsync(guard, "tiny.onnx", TinyOnnx.Weight);
        Loaded(await Loader.OnnxRuntimeAsync(In("split.onnx")));
    }

    [Fact]
    public async Task A_flipped_byte_in_the_file_of_weights_beside_a_graph_keeps_it_from_loading()
    {
        await LockAsync();
        Flip(TinyOnnx.External, Half(TinyOnnx.External));
        await using var guard = await CanaryWatch.StartGuardAsync(_world, Models, LockFile);

        Refused(await Loader.OnnxRuntimeAsync(In("split.onnx")));

        await AlertAsync(guard, TinyOnnx.External);
    }

    [Fact]
    public async Task A_model_that_no_lock_names_is_not_loaded()
    {
        await LockAsync();
        File.Copy(In("tiny.gguf"), In("stray.gguf"));
        Flip("stray.gguf", Middle("output.weight"));
        await using var guard = await CanaryWatch.StartGuardAsync(_world, Models, LockFile);

        Refused(await Loader.LlamaMapsAsync(In("stray.gguf")));

        await AlertAsync(guard, "stray.gguf");
        Loaded(await Loader.LlamaMapsAsync(In("tiny.gguf")));
    }

    [Fact]
    public async Task The_monitor_puts_the_same_gate_up_where_canary_yml_names_models()
    {
        await LockAsync();
        Flip("tiny.gguf", Middle("output.weight"));
        File.AppendAllText(_world.Config, $"models:\n  guard: [{Models}]\n  lock: {LockFile}\n  policy: deny-changed\n");
        await using var watch = await CanaryWatch.StartAsync(_world);

        Refused(await Loader.LlamaMapsAsync(In("tiny.gguf")));

        await AlertAsync(watch, "tiny.gguf", "output.weight");
        Loaded(await Loader.OnnxRuntimeAsync(In("tiny.onnx")));
    }

    [Fact]
    public async Task A_command_in_its_fence_reads_what_is_as_it_was_locked_and_no_more()
    {
        await LockAsync();
        Flip("tiny.gguf", Middle("output.weight"));

        var ran = await CanaryWatch.RunAsync(
            "run", "--models", Models, "--lock", LockFile, "--state", _world.State, "--config", _world.Config, "--",
            "/bin/sh", "-c", $"cat {In("tiny.onnx")} | wc -c; cat {In("tiny.gguf")} | wc -c");

        Assert.Equal((120, $"{new FileInfo(In("tiny.onnx")).Length}\n0\n"), (ran.ExitCode, ran.Output));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A guard that was killed, as one is at the end of a failed test, leaves files that cannot be deleted.</summary>
    public async Task DisposeAsync() =>
        await CanaryWatch.RunAsync("model", "unseal", Models, "--state", _world.State, "--config", _world.Config);

    public void Dispose() => _world.Dispose();

    private async Task AllLoadAsync()
    {
        Loaded(await Loader.LlamaMapsAsync(In("tiny.gguf")));
        Loaded(await Loader.LlamaReadsAsync(In("tiny.gguf")));
        Loaded(await Loader.OnnxRuntimeAsync(In("tiny.onnx")));
        Loaded(await Loader.OnnxRuntimeAsync(In("split.onnx")));
    }

    private async Task LockAsync() =>
        (await CanaryWatch.RunAsync("model", "lock", Models, "-o", LockFile, "--state", _world.State, "--config", _world.Config)).Good();

    private static async Task AlertAsync(CanaryWatch guard, string file, params string[] more) =>
        await guard.WaitForAlertAsync(
            a => a.Image.EndsWith("/node", StringComparison.Ordinal) && a.Mentions(file) && more.All(a.Mentions),
            Patience, $"an alert about node, {file} {string.Join(' ', more)}");

    private static void Loaded(Ran ran)
    {
        Assert.StartsWith("LOADED ", ran.Good().Output, StringComparison.Ordinal);
        Assert.DoesNotContain("REFUSED", ran.Output, StringComparison.Ordinal);
    }

    private static void Refused(Ran ran)
    {
        Assert.StartsWith("REFUSED ", ran.Output, StringComparison.Ordinal);
        Assert.Equal(1, ran.ExitCode);
    }

    private string In(string file) => Path.Combine(Models, file);

    private long Middle(string tensor) => _gguf.Tensors[tensor].Offset + _gguf.Tensors[tensor].Length / 2;

    private long Half(string file) => new FileInfo(In(file)).Length / 2;

    private void Flip(string file, long offset)
    {
        using var opened = new FileStream(In(file), FileMode.Open, FileAccess.ReadWrite);
        opened.Position = offset;
        var was = opened.ReadByte();
        opened.Position = offset;
        opened.WriteByte((byte)(was ^ 1));
    }
}
