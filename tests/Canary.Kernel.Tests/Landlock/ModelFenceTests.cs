using System.Diagnostics;
using Canary.Sensors.Landlock;
using Xunit;

namespace Canary.Kernel.Tests.Landlock;

/// <summary>The fence around a command, on the real kernel: what is named can be read below the models, and nothing else.</summary>
public sealed class ModelFenceTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("canary-fence-").FullName;

    public ModelFenceTests()
    {
        Directory.CreateDirectory(At("models/deep"));
        Directory.CreateDirectory(At("work"));
        File.WriteAllText(At("models/good.gguf"), "good");
        File.WriteAllText(At("models/deep/also.gguf"), "also");
        File.WriteAllText(At("models/evil.gguf"), "evil");
        File.WriteAllText(At("work/text"), "text");
        File.WriteAllText(At("beside"), "beside");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("cat models/good.gguf", 0, "good")]
    [InlineData("cat models/deep/also.gguf", 0, "also")]
    [InlineData("cat models/evil.gguf", 1, "")]
    [InlineData("cat work/text beside", 0, "textbeside")]
    [InlineData("sh -c 'setsid cat models/evil.gguf'", 1, "")]
    [InlineData("mv models/evil.gguf models/good.gguf; cat models/good.gguf", 1, "")]
    [InlineData("ln models/evil.gguf work/link && cat work/link", 1, "")]
    [InlineData("ln -s ../models/evil.gguf work/link && cat work/link", 1, "")]
    [InlineData("echo new > models/new.gguf; cat models/new.gguf", 1, "")]
    [InlineData("echo new > work/new; mkdir work/dir; mv work/new work/dir/; cat work/dir/new", 0, "new\n")]
    public void Only_what_is_named_can_be_read_below_the_models(string script, int code, string output) => Assert.Equal((code == 0, output), Run(script));

    [Fact]
    public void The_fence_is_the_command_s_and_not_canary_s()
    {
        Run("true");
        Assert.Equal("evil", File.ReadAllText(At("models/evil.gguf")));
        Assert.Null(ModelFence.Unavailable());
    }

    [Fact]
    public void A_file_that_is_not_there_is_no_fence() =>
        Assert.Throws<IOException>(() => ModelFence.Make([At("models")], [At("models/gone.gguf")]));

    private (bool, string) Run(string script)
    {
        using var fence = ModelFence.Make([At("models")], [At("models/good.gguf"), At("models/deep/also.gguf")]);
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { WorkingDirectory = _root, RedirectStandardOutput = true, RedirectStandardError = true };
        using var child = fence.Within(() => Process.Start(start)!);
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return (child.ExitCode == 0, output);
    }

    private string At(string path) => Path.Combine(_root, path);
}
