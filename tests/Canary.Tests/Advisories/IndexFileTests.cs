using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Canary.Advisories;
using Canary.Packages;
using Canary.Tests.Support;
using CsCheck;
using Xunit;
using Xunit.Abstractions;

namespace Canary.Tests.Advisories;

public sealed class IndexFileTests(ITestOutputHelper output) : IDisposable
{
    private readonly Sample _sample = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _key.Dispose();
        _sample.Dispose();
    }

    [Fact]
    public void A_lookup_answers_as_a_dictionary_would()
    {
        var name = OneOf("a", "b", "c", "A", "a-b", "a_b", "a.b", "@s/a", "\u0430", "a\u0301", new string('x', 300));
        var line = Gen.Select(OneOf("npm", "pypi", "nuget", "go", "crates", "gem", "maven"), name, OneOf("1.0.0", "1.0.1", "1.0", "2.0.0-rc.1", "v1.0.0", "*"));
        Gen.Select(line.Array[0, 40], line.Array[1, 20]).Sample((listed, asked) =>
        {
            string text = string.Concat(listed.Select(l => $"{l.Item1}:{l.Item2}:{l.Item3}\n"));
            using var index = Sample.Index(_sample.Write("p.txt", text));
            foreach (var (ecosystem, package, version) in asked.Concat(listed).Where(a => a.Item3 != "*"))
            {
                bool expected = listed.Any(l => l.Item1 == ecosystem && Same(ecosystem, l.Item2, package) && (l.Item3 == "*" || Version(ecosystem, l.Item3) == Version(ecosystem, version)));
                Assert.Equal(expected, index.Find(Canary.Advisories.PackageNames.EcosystemOf(ecosystem), package, version).Count > 0);
            }
        }, iter: 300, threads: 1);
    }

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    // Spelled out here once more, and otherwise than in the code under test.
    private static bool Same(string ecosystem, string a, string b) => ecosystem switch
    {
        "pypi" => Same("nuget", a.Replace('_', '-').Replace('.', '-'), b.Replace('_', '-').Replace('.', '-')),
        "nuget" => string.Equals(a, b, StringComparison.OrdinalIgnoreCase),
        "crates" => Same("nuget", a.Replace('_', '-'), b.Replace('_', '-')),
        _ => a == b,
    };

    private static string Version(string ecosystem, string version) => ecosystem is "gem" or "maven" ? version : version.TrimStart('v') is "1.0" ? "1.0.0" : version.TrimStart('v');

    [Fact]
    public void A_file_that_is_not_to_be_believed_is_refused_in_words()
    {
        string good = _sample.Save("good.index", "x:1.0.0\ny:1.0.0\n", 5, _key);
        byte[] bytes = File.ReadAllBytes(good);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null(Refusal(bytes, _key));
        Assert.StartsWith("the signature is of no trusted key", Refusal(bytes, other));
        Assert.StartsWith("the index is not signed", Refusal(File.ReadAllBytes(_sample.Save("bare.index", "x:1.0.0\n", 5, null)), _key));
        Assert.StartsWith("not an index", Refusal(Encoding.UTF8.GetBytes(new string('{', 100)), _key));
        Assert.StartsWith("not an index", Refusal([], _key));
        Assert.StartsWith("an index of schema 9", Refusal([.. bytes[..8], 9, .. bytes[9..]], _key));
        Assert.Contains("appended", Refusal([.. bytes, 0], _key));
        for (int length = 0; length < bytes.Length; length += 7)
            Assert.NotNull(Refusal(bytes[..length], _key));
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x10;
            Assert.True(Refusal(changed, _key) is not null, $"a changed byte at {at} was believed");
        }
    }

    private string? Refusal(byte[] bytes, ECDsa key)
    {
        File.WriteAllBytes(_sample.At("candidate.index"), bytes);
        try
        {
            var trust = IndexTrust.Of([("key", IndexTrust.PublicPem(key))]);
            using var index = AdvisoryIndex.Open(_sample.At("candidate.index"), trust);
            index.CheckAll();
            return null;
        }
        catch (InvalidIndexException e)
        {
            return e.Message;
        }
    }

    [Fact]
    public void Bytes_of_any_kind_end_in_an_answer_or_in_a_refusal()
    {
        byte[] good = IndexSources.Read([_sample.Write("l.txt", "x:1.0.0\nx:2.0.0\npypi:y:*\n" + new string('a', 64) + "  f\n")]).Index(Sample.Built, 1);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[1, 8].Sample(changes =>
        {
            byte[] bytes = [.. good];
            foreach (var (at, value) in changes)
                bytes[at] = value;
            try
            {
                using var index = AdvisoryIndex.Open(bytes);
                index.Find(Ecosystem.Npm, "x", "1.0.0");
                index.Find(Ecosystem.PyPI, "y", "1.0.0");
                index.FindPayload(Convert.FromHexString(new string('a', 64)));
            }
            catch (InvalidIndexException)
            {
                // Refused, as it should be.
            }
        }, iter: 20_000, threads: 1);
    }

    [Fact]
    public void An_update_takes_newer_indexes_only_and_remembers_the_key()
    {
        using var state = new TemporaryDirectory();
        var installed = new InstalledIndex(state.Path);
        IReadOnlyList<(string, string)> keys = [("key", IndexTrust.PublicPem(_key))];
        long first = AdvisoryIndex.BuiltIn().Sequence + 10;
        Assert.Contains("older than the built-in index", Refused(_sample.Save("0.index", "x:0.0.1\n", 7, _key), keys));
        Assert.Contains("no key is trusted", Refused(_sample.Save("1.index", "x:1.0.0\n", first, _key), []));
        Assert.True(installed.Install(_sample.At("1.index"), keys));
        Assert.False(installed.Install(_sample.At("1.index"), []));
        Assert.True(installed.Install(_sample.Save("2.index", "x:2.0.0\n", first + 1, _key), []));
        Assert.Contains("older than the installed index", Refused(_sample.At("1.index"), []));
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains("no trusted key", Refused(_sample.Save("3.index", "x:3.0.0\n", first + 2, foreign), []));
        using var known = KnownBad.Open(state.Path, []);
        Assert.Single(known.Find(new PackageEntry(Ecosystem.Npm, "x", "2.0.0", "f", 1)));
        Assert.Single(known.Find(new PackageEntry(Ecosystem.Npm, "keyv", "6.0.0", "f", 1)));
        Assert.Equal(["advisories.index", "advisories.pem"], Directory.GetFiles(state.Path).Select(Path.GetFileName).Order());

        string Refused(string file, IReadOnlyList<(string, string)> trusted) => Assert.Throws<InvalidIndexException>(() => installed.Install(file, trusted)).Message;
    }

    [Fact]
    public void A_private_key_is_never_taken_for_a_public_one_and_other_curves_for_none()
    {
        using var large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Contains("a private key", Assert.Throws<InvalidIndexException>(() => IndexTrust.Of([("k", _key.ExportPkcs8PrivateKeyPem())])).Message);
        Assert.Contains("P-256", Assert.Throws<InvalidIndexException>(() => IndexTrust.Of([("k", IndexTrust.PublicPem(large))])).Message);
        Assert.Contains("PEM", Assert.Throws<InvalidIndexException>(() => IndexTrust.Of([("k", "hello")])).Message);
        Assert.Contains("no private key", Assert.Throws<InvalidIndexException>(() => IndexTrust.PrivateKey("k", IndexTrust.PublicPem(_key))).Message);
    }

    [Fact]
    public void A_quarter_of_a_million_packages_are_small_and_quick()
    {
        const int Count = 250_000;
        // Names as long as those that people choose, numbered apart; one in ten has another name for its advisory, as in OSV.
        string[] words = [.. File.ReadLines(Checkout.At("src/Canary.Core/Advisories/Known/compromised-packages.txt")).Where(l => l.Length > 0 && l[0] != '#' && !l.StartsWith("go:", StringComparison.Ordinal)).Select(l => l.Split(':')[^2]).Distinct()];
        var records = new StringBuilder("[");
        for (int i = 0; i < Count; i++)
        {
            records.Append(i == 0 ? "" : ",").Append(Sample.Osv($"MAL-2026-{i}", "npm", Name(i), i % 3 == 0 ? $"\"versions\":[\"1.0.{i % 50}\",\"9.9.{i % 7}\"]" : "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"}]}]"));
            if (i % 10 == 0)
                records.Insert(records.Length - 1, $",\"aliases\":[\"GHSA-{i:x8}\"]");
        }

        string file = _sample.At("large.index");
        var watch = Stopwatch.StartNew();
        File.WriteAllBytes(file, IndexSources.Read([_sample.Write("large.json", records.Append(']').ToString())]).Index(Sample.Built, 1, _key));
        output.WriteLine($"{new FileInfo(file).Length / 1e6:0.00} MB, built in {watch.Elapsed.TotalSeconds:0.0} s, names of {Enumerable.Range(0, Count).Average(i => Name(i).Length):0.0} characters");
        var trust = IndexTrust.Of([("key", IndexTrust.PublicPem(_key))]);
        AdvisoryIndex.Open(file, trust).Dispose();
        watch.Restart();
        using var index = AdvisoryIndex.Open(file, trust);
        double open = watch.Elapsed.TotalMilliseconds;
        double cold = Lookups(index, 0), warm = Enumerable.Range(0, 5).Min(_ => Lookups(index, 0)), misses = Enumerable.Range(0, 5).Min(_ => Lookups(index, Count));
        output.WriteLine($"open {open:0.00} ms; first {cold:0} ns, hits {warm:0} ns, misses {misses:0} ns a lookup");
        Assert.Equal(Count, index.Packages);
        Assert.True(new FileInfo(file).Length < 10_000_000, "the file has outgrown 10 MB");
        // Several times what a busy machine with two cores needs: this catches a lookup that reads the file, not a slow neighbour.
        Assert.True(warm < 20_000 && misses < 20_000, $"{warm} and {misses} ns");

        string Name(int i) => words[i % words.Length] + (i / words.Length).ToString("x2");
        double Lookups(AdvisoryIndex from, int offset)
        {
            string[] names = [.. Enumerable.Range(0, 20_000).Select(i => Name(offset + (i * 12)))];
            var clock = Stopwatch.StartNew();
            int found = names.Count(n => from.Find(Ecosystem.Npm, n, "1.0.0").Count > 0);
            double each = clock.Elapsed.TotalNanoseconds / names.Length;
            Assert.Equal(offset == 0, found > 0);
            return each;
        }
    }
}
