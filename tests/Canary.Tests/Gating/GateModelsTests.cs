using Canary.Commands;
using Xunit;

namespace Canary.Tests.Gating;

/// <summary>The gate's part that is about models: what canary.yml names is held against its lock.</summary>
public sealed class GateModelsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("canary-gate-models-").FullName;

    public GateModelsTests()
    {
        File.WriteAllText(At("package-lock.json"), """{"name":"a","lockfileVersion":3,"packages":{}}""");
        Directory.CreateDirectory(At("models"));
        File.WriteAllBytes(At("models/w.bin"), new byte[3 << 20]);
        File.WriteAllText(At("canary.yml"), "models:\n  lock: models.lock\n");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Models_that_are_as_they_were_locked_pass_and_one_flipped_byte_fails()
    {
        await Lock();
        var (code, output) = await Told();
        Assert.Equal(ExitCode.Clean, code);
        Assert.DoesNotContain("model_", output, StringComparison.Ordinal);
        Flip();
        (code, output) = await Told();
        Assert.Equal(ExitCode.Findings, code);
        Assert.Contains("model_changed", output, StringComparison.Ordinal);
        Assert.Contains("models/w.bin", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_scan_is_about_packages_alone()
    {
        await Lock();
        Flip();
        Assert.Equal(ExitCode.Clean, (await Run("scan", _root, "--offline", "--config", At("canary.yml"), "--state", At("state"))).Code);
    }

    [Fact]
    public async Task A_lock_that_is_named_and_not_there_is_no_pass() => Assert.Equal(ExitCode.Stale, (await Told()).Code);

    private async Task Lock() => Assert.Equal(ExitCode.Clean, (await Run("model", "lock", At("models"), "-o", At("models.lock"), "--state", At("state"))).Code);

    private void Flip()
    {
        using var file = File.OpenHandle(At("models/w.bin"), FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.Write(file, [1], 1 << 20);
    }

    private async Task<(int Code, string Output)> Told() => await Run("gate", _root, "--json", "--offline", "--config", At("canary.yml"), "--state", At("state"));

    private static async Task<(int Code, string Output)> Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString() + errors);
    }

    private string At(string path) => Path.Combine(_root, path);
}
