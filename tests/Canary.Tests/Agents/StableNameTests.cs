using Canary.Agents;
using Xunit;

namespace Canary.Tests.Agents;

public sealed class StableNameTests
{
    [Theory]
    [InlineData("/proc/4711/environ", "/proc/#/environ")]
    [InlineData("/tmp/claude-e831ab-cwd", "/tmp/claude-*-cwd")]
    [InlineData("curl http://x/y", "curl http://x/y")]
    [InlineData("python3 -m http.server 8080", "python3 -m http.server #")]
    public void Only_what_changes_between_runs_is_left_out(string text, string stable) => Assert.Equal(stable, StableName.Of(text));
}
