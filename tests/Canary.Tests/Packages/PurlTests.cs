using Canary.Packages;
using Xunit;

namespace Canary.Tests.Packages;

public sealed class PurlTests
{
    [Theory]
    [InlineData(Ecosystem.PyPI, "Flask_Login", "0.6.3", "pkg:pypi/flask-login@0.6.3")]
    [InlineData(Ecosystem.PyPI, "zope.interface", "1.0", "pkg:pypi/zope-interface@1.0")]
    [InlineData(Ecosystem.PyPI, "A-_.b", "1+local", "pkg:pypi/a-b@1%2Blocal")]
    [InlineData(Ecosystem.Npm, "@scope/name", "1.0.0", "pkg:npm/%40scope/name@1.0.0")]
    [InlineData(Ecosystem.Crates, "Inflector", "0.11.4", "pkg:cargo/Inflector@0.11.4")]
    [InlineData(Ecosystem.Crates, "serde_json", "1.0.0", "pkg:cargo/serde_json@1.0.0")]
    [InlineData(Ecosystem.Go, "github.com/BurntSushi/toml", "v1.2.0", "pkg:golang/github.com/burntsushi/toml@v1.2.0")]
    [InlineData(Ecosystem.Go, "example.org/m", "v2.0.0+incompatible", "pkg:golang/example.org/m@v2.0.0%2Bincompatible")]
    [InlineData(Ecosystem.RubyGems, "RedCloth", "4.3.2", "pkg:gem/RedCloth@4.3.2")]
    [InlineData(Ecosystem.Packagist, "Symfony/Yaml", "v5.0.0", "pkg:composer/symfony/yaml@v5.0.0")]
    [InlineData(Ecosystem.Maven, "org.example:name", "1.0", "pkg:maven/org.example/name@1.0")]
    [InlineData(Ecosystem.NuGet, "Newtonsoft.Json", null, "pkg:nuget/Newtonsoft.Json")]
    [InlineData(Ecosystem.PyPI, "a b?c#d\r\n", "1", "pkg:pypi/a%20b%3Fc%23d%0D%0A@1")]
    public void A_name_is_normalised_as_its_ecosystem_does_it(string ecosystem, string name, string? version, string purl)
    {
        Assert.Equal(purl, Purl.Of(ecosystem, name, version));
        Assert.Equal(name, new PackageEntry(ecosystem, name, version, "f", 1).Name);
    }

    [Fact]
    public void A_model_has_one_by_its_commit() => Assert.Equal("pkg:huggingface/Acme/Tiny-LM@abcdef0123", Purl.OfModel("Acme/Tiny-LM", "ABCDEF0123"));
}
