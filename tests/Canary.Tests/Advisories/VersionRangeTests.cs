using Canary.Advisories.Versions;
using Xunit;

namespace Canary.Tests.Advisories;

public sealed class VersionRangeTests
{
    [Theory]
    [InlineData("npm", "*", "9.9.9", true)]
    [InlineData("npm", "1.2.3", "1.2.3", true)]
    [InlineData("npm", "v1.2.3", "1.2.3", true)]
    [InlineData("npm", "1.2.3", "1.2.4", false)]
    [InlineData("npm", ">=1.2 <2", "1.9.0", true)]
    [InlineData("npm", ">= 1.2, < 2", "2.0.0", false)]
    [InlineData("npm", "^1.2.3", "1.9.0", true)]
    [InlineData("npm", "^1.2.3", "2.0.0", false)]
    [InlineData("npm", "^1.2.3", "2.0.0-rc.1", false)]
    [InlineData("npm", "^0.2.3", "0.3.0", false)]
    [InlineData("npm", "^0.0.3", "0.0.4", false)]
    [InlineData("npm", "~1.2.3", "1.2.9", true)]
    [InlineData("npm", "~1.2.3", "1.3.0", false)]
    [InlineData("npm", "~1", "1.9.0", true)]
    [InlineData("npm", "1.x", "1.4.0", true)]
    [InlineData("npm", "1.2.*", "1.3.0", false)]
    [InlineData("npm", "1.0 - 2.0", "2.0.0", true)]
    [InlineData("npm", "1.0.0 || >=3", "3.1.0", true)]
    [InlineData("npm", "1.0.0 || >=3", "2.1.0", false)]
    [InlineData("NuGet", "[1.0,2.0)", "1.5.0.1", true)]
    [InlineData("NuGet", "[1.0,2.0)", "2.0", false)]
    [InlineData("NuGet", "(,2.0]", "2.0.0", true)]
    [InlineData("NuGet", "[1.0]", "1.0.0", true)]
    [InlineData("PyPI", "~=1.4.2", "1.4.9", true)]
    [InlineData("PyPI", "~=1.4.2", "1.5", false)]
    [InlineData("PyPI", "==1.4.*", "1.4.2rc1", true)]
    [InlineData("PyPI", "==1.4.*", "1.5.dev1", false)]
    [InlineData("PyPI", ">=1,!=1.5", "1.5.0", false)]
    [InlineData("crates.io", "~1.2", "1.2.7", true)]
    [InlineData("RubyGems", "1.2.3", "1.2.3", true)]
    [InlineData("RubyGems", "1.2.3 || 1.2.4", "1.2.4", true)]
    [InlineData("npm", "<2", "not a version", false)]
    public void A_range_holds_what_its_ecosystem_means(string ecosystem, string range, string version, bool holds)
    {
        var parsed = VersionRange.Parse(range, ecosystem, out string fault);
        Assert.True(parsed is not null, fault);
        Assert.Equal(holds, parsed.Contains(ecosystem, version));
    }

    [Theory]
    [InlineData("npm", "")]
    [InlineData("npm", "||")]
    [InlineData("npm", "latest")]
    [InlineData("npm", ">=")]
    [InlineData("npm", "=>1")]
    [InlineData("npm", "^x")]
    [InlineData("npm", "[1,2,3]")]
    [InlineData("npm", "(1.0)")]
    [InlineData("npm", "^99999999999999999999.1")]
    [InlineData("npm", "1.0; rm -rf /")]
    [InlineData("RubyGems", "~> 1.2")]
    [InlineData("Maven", "[1,2)")]
    [InlineData("PyPI", "<one2")]
    public void What_is_no_range_is_refused(string ecosystem, string range)
    {
        Assert.Null(VersionRange.Parse(range, ecosystem, out string fault));
        Assert.NotEmpty(fault);
    }
}
