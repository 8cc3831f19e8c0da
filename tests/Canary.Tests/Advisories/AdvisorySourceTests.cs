using Canary.Advisories;
using Canary.Packages;
using Xunit;

namespace Canary.Tests.Advisories;

public sealed class AdvisorySourceTests : IDisposable
{
    private readonly Sample _sample = new();

    public void Dispose() => _sample.Dispose();

    [Theory]
    [InlineData(Ecosystem.Npm, "\"versions\":[\"1.0.0\"]", "1.0.0", true)]
    [InlineData(Ecosystem.Npm, "\"versions\":[\"1.0.0\"]", "1.0.1", false)]
    [InlineData(Ecosystem.Npm, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"}]}]", "77.0.0", true)]
    [InlineData(Ecosystem.Npm, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"}]}]", null, true)]
    [InlineData(Ecosystem.Npm, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}]}]", "1.2.0-rc.1", true)]
    [InlineData(Ecosystem.Npm, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}]}]", "1.2.0", false)]
    [InlineData(Ecosystem.Npm, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}]}]", "1.0.0-rc.1", false)]
    [InlineData(Ecosystem.Npm, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.2.0\"}]}]", null, false)]
    [InlineData(Ecosystem.Npm, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.2.0\"},{\"introduced\":\"2.0.0\"},{\"last_affected\":\"2.1.0\"}]}]", "2.1.0", true)]
    [InlineData(Ecosystem.Npm, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.2.0\"},{\"introduced\":\"2.0.0\"},{\"last_affected\":\"2.1.0\"}]}]", "2.1.1", false)]
    [InlineData(Ecosystem.Npm, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"1.0.0\"}]}]", "latest", false)]
    [InlineData(Ecosystem.NuGet, "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1.0\"},{\"fixed\":\"1.0.0.5\"}]}]", "1.0.0.4", true)]
    [InlineData(Ecosystem.NuGet, "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1.0\"},{\"fixed\":\"1.0.0.5\"}]}]", "1.0.0.5", false)]
    [InlineData(Ecosystem.PyPI, "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1.0\"},{\"last_affected\":\"1.4\"}]}]", "1.4.0", true)]
    [InlineData(Ecosystem.PyPI, "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1.0\"},{\"last_affected\":\"1.4\"}]}]", "1.4.post1", false)]
    [InlineData(Ecosystem.Go, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.3.0\"}]}]", "v1.2.9", true)]
    [InlineData(Ecosystem.Crates, "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0.0.0-0\"},{\"fixed\":\"0.3.0\"}]}]", "0.3.0-alpha", true)]
    [InlineData(Ecosystem.Maven, "\"versions\":[\"1.0.RELEASE\"],\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1.0\"},{\"fixed\":\"2.0\"}]}]", "1.0.RELEASE", true)]
    [InlineData(Ecosystem.Maven, "\"versions\":[\"1.0.RELEASE\"],\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1.0\"},{\"fixed\":\"2.0\"}]}]", "1.5.RELEASE", false)]
    public void A_record_holds_for_the_versions_that_it_names(string ecosystem, string affected, string? version, bool holds)
    {
        using var index = Sample.Index(_sample.Write("r.json", Sample.Osv("MAL-2026-1", ecosystem, "the-package", affected)));
        Assert.Equal(holds, index.Find(ecosystem, "the-package", version).Count == 1);
    }

    [Fact]
    public void A_record_brings_its_sources_aliases_and_the_way_out()
    {
        using var index = Sample.Index(_sample.Write("r.json", """
            {"id":"MAL-2026-77","aliases":["GHSA-aaaa-bbbb-cccc"],
             "database_specific":{"malicious-packages-origins":[{"source":"ghsa-malware"},{"source":"amazon-inspector"},{"source":"ghsa-malware"}]},
             "affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.0.3"}]}]}]}
            """));
        var advisory = Assert.Single(index.Find(Ecosystem.Npm, "x", "1.0.2"));
        Assert.Equal(("MAL-2026-77", "1.0.3", "amazon-inspector ghsa-malware", "GHSA-aaaa-bbbb-cccc"), (advisory.Id, advisory.FixedIn, string.Join(' ', advisory.Sources), advisory.Aliases[0]));
        Assert.Equal("this version is malicious, MAL-2026-77, according to 2 sources: amazon-inspector, ghsa-malware; fixed in 1.0.3", advisory.Why);
    }

    [Fact]
    public void A_withdrawn_record_stands_nowhere_even_where_an_older_copy_of_it_lies_about()
    {
        _sample.Write("osv/a.json", Sample.Osv("MAL-2026-1", "npm", "innocent", "\"versions\":[\"1.0.0\"]"));
        _sample.Write("osv/withdrawn/a.json", Sample.Osv("MAL-2026-1", "npm", "innocent", "\"versions\":[\"1.0.0\"]").Replace("{\"id\"", "{\"withdrawn\":\"2026-02-01T00:00:00Z\",\"id\""));
        _sample.Write("osv/b.json", Sample.Osv("MAL-2026-2", "npm", "guilty", "\"versions\":[\"1.0.0\"]"));
        using var index = Sample.Index(_sample.At("osv"));
        Assert.Empty(index.Find(Ecosystem.Npm, "innocent", "1.0.0"));
        Assert.Single(index.Find(Ecosystem.Npm, "guilty", "1.0.0"));
    }

    [Fact]
    public void What_several_sources_say_of_one_version_is_one_advisory_whatever_their_order()
    {
        string list = _sample.Write("list.txt", "# ========\n# Worm\n# ========\nx:1.0.0\nx:1.0.1\n");
        string record = _sample.Write("r.json", Sample.Osv("MAL-2026-5", "npm", "x", "\"versions\":[\"1.0.0\"]"));
        string early = _sample.Write("early.json", Sample.Osv("MAL-0000-ghsa-0123", "npm", "x", "\"versions\":[\"1.0.0\"]"));
        foreach (string[] order in (string[][])[[list, record, early], [early, list, record], [record, early, list]])
        {
            using var index = Sample.Index(order);
            var advisory = Assert.Single(index.Find(Ecosystem.Npm, "x", "1.0.0"));
            Assert.Equal(("MAL-2026-5", "Worm", 3), (advisory.Id, advisory.Campaign, advisory.Sources.Count));
            Assert.Equal((null, "Worm", 1), (index.Find(Ecosystem.Npm, "x", "1.0.1")[0].Id, index.Find(Ecosystem.Npm, "x", "1.0.1")[0].Campaign, index.Find(Ecosystem.Npm, "x", "1.0.1")[0].Sources.Count));
        }
    }

    [Fact]
    public void What_cannot_be_read_is_reported_with_its_line()
    {
        _sample.Write("s/bad.json", "{\n \"id\": 5 }");
        _sample.Write("s/cut.json", "{\"id\":\"MAL-1\",\n\"affected\":[");
        _sample.Write("s/deep.json", new string('[', 10_000));
        _sample.Write("s/list.txt", "ok:1.0.0\nno-version\nzig:x:1.0.0\nsp ace:1.0.0\n:1.0.0\n");
        _sample.Write("s/maven.json", Sample.Osv("GHSA-1", "Maven", "g:a", "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1.0\"},{\"fixed\":\"2.0\"}]}]"));
        _sample.Write("s/other.csv", "a,b\n1,2\n");
        _sample.Write("s/table.csv", "artifact_type,name,affected_versions\nnpm package,x\ncar,y,1.0\nnpm package,z,\"1.0.0 to 1.2.0, all tags\"\nnpm package,q,\"1\n");
        Assert.Equal(
        [
            "bad.json:1: no OSV record: 'id' is missing",
            "cut.json:2: not JSON from here on",
            "deep.json:1: nested deeper than 256 levels",
            "list.txt:2: no package and version; a line is [ecosystem:]name:version",
            "list.txt:3: unknown ecosystem 'zig'; a line is [ecosystem:]name:version",
            "list.txt:4: no package and version; a line is [ecosystem:]name:version",
            "list.txt:5: no package and version; a line is [ecosystem:]name:version",
            "(skipped) maven.json:1: GHSA-1: ranges of Maven are not understood, only exact versions",
            "(skipped) maven.json:1: GHSA-1: no version of 'g:a' that can be told",
            "other.csv:1: no table of a known shape: the first line must be package_name,package_versions[,sources] or artifact_type,name,affected_versions or type,indicator,context",
            "table.csv:2: 2 cells where the first line has 3",
            "(skipped) table.csv:3: an artifact of kind 'car' is no package",
            "(skipped) table.csv:4: 'all tags' is no version and no range of two",
            "table.csv:5: a quote is never closed",
        ], _sample.Faults(_sample.At("s")));
        using var index = Sample.Index(_sample.At("s"));
        Assert.Single(index.Find(Ecosystem.Npm, "ok", "1.0.0"));
        Assert.Single(index.Find(Ecosystem.Npm, "z", "1.1.7"));
    }

    [Fact]
    public void An_archive_is_read_and_no_name_in_it_becomes_a_path()
    {
        string zip = _sample.Zip("all.zip",
            ("../../escape.json", Sample.Osv("MAL-2026-1", "npm", "outside", "\"versions\":[\"1.0.0\"]")),
            ("/abs/olute.json", Sample.Osv("MAL-2026-2", "npm", "rooted", "\"versions\":[\"1.0.0\"]")),
            ("bomb.json", new string(' ', 9 * 1024 * 1024)),
            ("readme.md", "no record"));
        Assert.Equal(["all.zip!bomb.json: larger than 8 MiB"], IndexSources.Read([zip]).Diagnostics.Select(d => d.ToString().Replace(zip, "all.zip")));
        using var index = Sample.Index(zip);
        Assert.Equal(2, index.Packages);
        Assert.Equal(["all.zip"], Directory.GetFileSystemEntries(Path.GetDirectoryName(zip)!).Select(Path.GetFileName));
        string junk = _sample.Write("junk.zip", "PK no archive");
        Assert.StartsWith("junk.zip:0: cannot be read", Assert.Single(_sample.Faults(junk)));
    }
}
