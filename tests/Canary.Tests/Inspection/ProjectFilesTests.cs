using Canary.Inspection;
using Xunit;

namespace Canary.Tests.Inspection;

public sealed class ProjectFilesTests
{
    [Theory]
    [InlineData("package.json", true)]
    [InlineData("setup_bun.js", true)]
    [InlineData("actionssecrets.json", true)]
    [InlineData("gh-token-monitor.service", true)]
    [InlineData("formatter_123456789.yml", true)]
    [InlineData("formatter.yml", false)]
    [InlineData("formatter_x.js", false)]
    [InlineData("index.js", false)]
    [InlineData("secrets.json", false)]
    public void What_runs_by_itself_and_what_worms_leave_is_searched(string name, bool taken) => Assert.Equal(taken, ProjectFiles.Takes(name));
}
