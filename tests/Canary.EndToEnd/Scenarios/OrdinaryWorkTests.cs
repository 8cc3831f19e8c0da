using Canary.EndToEnd.Cli;
using Canary.EndToEnd.Stubs;
using Canary.EndToEnd.Support;

namespace Canary.EndToEnd.Scenarios;

/// <summary>An alarm that rings at work is switched off: what agents do all day must pass in silence.</summary>
[Collection(OneMachine.Name)]
public sealed class OrdinaryWorkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Fifty_ordinary_things_can_be_done_by_Claude_Code()
    {
        using var world = new World();
        await using var registry = await NpmRegistryStub.PackAsync(Directory.CreateDirectory(Path.Combine(world.Root, "package")).FullName);
        await using var model = new AnthropicStub(OrdinaryWork.Of(world, registry.Url));

        await ClaudeCode.RunAsync(world, model, Limit, ("npm_config_registry", registry.Url));

        Assert.True(model.Results.Count >= 50, $"only {model.Results.Count} steps");
        Assert.All(model.Results, r => Assert.False(r.IsError, $"{r.Call}\n{r.Output}"));
        Assert.Empty(model.Unknown);
    }
}
