using Canary.Advisories.Versions;
using Canary.Packages;
using Xunit;

namespace Canary.Tests.Advisories;

public sealed class VersionOrderTests
{
    // Each row in ascending order; from https://semver.org §11, PEP 440's own examples, and NuGet's rules for four parts and case.
    [Theory]
    [InlineData(Ecosystem.Npm, "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.2.0 1.10.0 2.0.0 99999999999999999999.0.0")]
    [InlineData(Ecosystem.Crates, "0.0.0-0 0.0.0 0.1.0-A 0.1.0-a 0.1.0")]
    [InlineData(Ecosystem.Go, "v0.0.0-20190101000000-aaaaaaaaaaaa v0.0.0-20200101000000-aaaaaaaaaaaa v0.0.1 v1.0.0 v2.0.0+incompatible v2.1.0")]
    [InlineData(Ecosystem.NuGet, "1.0.0-alpha 1.0.0-BETA 1.0.0-rc.2 1.0.0-rc.10 1.0 1.0.0.1 1.0.1 10.0.0.0")]
    [InlineData(Ecosystem.PyPI, "1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1 1!0.1")]
    public void Versions_are_ordered_as_their_ecosystem_orders_them(string ecosystem, string ascending)
    {
        var order = VersionOrders.Of(ecosystem)!;
        string[] versions = ascending.Split(' ');
        var wrong = from i in Enumerable.Range(0, versions.Length)
                    from j in Enumerable.Range(0, versions.Length)
                    where Math.Sign(order.Compare(versions[i], versions[j]) ?? 9) != i.CompareTo(j)
                    select $"{versions[i]} and {versions[j]}: {order.Compare(versions[i], versions[j])}";
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(Ecosystem.Npm, "v1.2.3+build.5", "1.2.3")]
    [InlineData(Ecosystem.Npm, "1.0.0-RC.1", "1.0.0-RC.1")]
    [InlineData(Ecosystem.Npm, "not a version", "not a version")]
    [InlineData(Ecosystem.NuGet, "1.02.0.0-Beta+x", "1.2.0-beta")]
    [InlineData(Ecosystem.NuGet, "1.0.0.7", "1.0.0.7")]
    [InlineData(Ecosystem.PyPI, "1.0.0", "1")]
    [InlineData(Ecosystem.PyPI, "V1.0-RC_01", "1rc1")]
    [InlineData(Ecosystem.PyPI, "1.0-3", "1.post3")]
    [InlineData(Ecosystem.PyPI, "1.99999999999999999999", "1.99999999999999999999")]
    [InlineData(Ecosystem.PyPI, "١.٢", "١.٢")]
    [InlineData(Ecosystem.Go, "v2.0.0+incompatible", "2.0.0")]
    [InlineData(Ecosystem.Maven, "1.0.0.RELEASE", "1.0.0.RELEASE")]
    public void One_version_has_one_spelling(string ecosystem, string written, string canonical) =>
        Assert.Equal(canonical, VersionOrders.Canonical(ecosystem, written));
}
