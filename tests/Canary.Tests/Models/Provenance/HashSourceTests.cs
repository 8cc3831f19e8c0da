using System.Security.Cryptography;
using System.Text;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Models.Provenance;
using Canary.Sensors.Files;
using Canary.Tests.Models.Locking;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Models.Provenance;

/// <summary>Digests that come with models, each source as it lies on a disk.</summary>
public sealed class HashSourceTests : IDisposable
{
    private static readonly byte[] Bytes = Locked.Bytes(1000);
    private static readonly string Sha256 = Locked.Hex(Bytes);
    private static readonly string GitSha1 = Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, [.. "blob 1000\0"u8, .. Bytes]));
    private static readonly string Commit = new('c', 40);

    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("{0}  model.bin")]
    [InlineData("{0} *model.bin")]
    [InlineData("{0}  ./model.bin")]
    [InlineData("\\{0}  model.bin")]
    [InlineData("SHA256 (model.bin) = {0}")]
    [InlineData("# by hand\r\n{0}  model.bin\r\n")]
    public void A_line_of_checksums_is_a_claim(string line)
    {
        Put("model.bin");
        Put("SHA256SUMS", string.Format(System.Globalization.CultureInfo.InvariantCulture, line, Sha256) + "\n");
        var claim = Assert.Single(Claims());
        Assert.Equal(("model.bin", HashName.Sha256, Sha256, "SHA256SUMS", TrustBasis.PublisherHash), (claim.Path, claim.Algorithm, claim.Hex, claim.By, claim.Basis));
    }

    [Fact]
    public void A_bare_digest_is_that_of_the_file_beside()
    {
        Put("a/model.bin");
        Put("a/model.bin.sha256", Sha256.ToUpperInvariant() + "\n");
        Assert.Equal(("a/model.bin", Sha256), Assert.Single(Claims().Select(c => (c.Path, c.Hex))));
    }

    [Fact]
    public void Names_with_spaces_parentheses_and_backslashes_are_found()
    {
        Put("a (1) b.bin");
        Put("SHA256SUMS", $"SHA256 (a (1) b.bin) = {Sha256}\n{Sha256}  a (1) b.bin\n");
        Assert.Equal("a (1) b.bin", Assert.Single(Claims().Select(c => c.Path).Distinct()));
    }

    [Theory]
    [InlineData("{0}  ../model.bin")]
    [InlineData("{0}  /etc/passwd")]
    [InlineData("\\{0}  model\\n.bin")]
    [InlineData("{0}  other.bin")]
    [InlineData("{0}")]
    public void A_list_says_nothing_of_what_is_not_below_it(string line)
    {
        Put("model.bin");
        Put("SHA256SUMS", string.Format(System.Globalization.CultureInfo.InvariantCulture, line, Sha256));
        Assert.Empty(Claims());
    }

    [Fact]
    public void A_line_that_is_none_is_told_with_its_number()
    {
        Put("model.bin");
        Put("SHA256SUMS", $"{Sha256}  model.bin\nthis is no line\n");
        var (claims, faults) = Read();
        Assert.Single(claims);
        Assert.Contains("SHA256SUMS:2:0:", faults, StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_of_blobs_in_the_hub_cache_are_digests()
    {
        if (OperatingSystem.IsWindows())
            return;
        Put($"models--org--name/blobs/{Sha256}");
        Put($"models--org--name/blobs/{GitSha1}");
        Link($"models--org--name/snapshots/{Commit}/model.safetensors", $"../../blobs/{Sha256}");
        Link($"models--org--name/snapshots/{Commit}/sub/config.json", $"../../../blobs/{GitSha1}");
        var claims = Claims();
        Assert.Equal([("model.safetensors", HashName.Sha256, Sha256), ("config.json", HashName.GitSha1, GitSha1)], claims.Select(c => (Path.GetFileName(c.Path), c.Algorithm, c.Hex)));
        Assert.All(claims, c => Assert.Equal(new LockSource("huggingface", "org/name", Commit), c.Source));
        Assert.All(claims, c => Assert.Empty(Judge(c).Broken));
    }

    [Fact]
    public void A_blob_that_was_written_over_is_not_what_its_name_says()
    {
        if (OperatingSystem.IsWindows())
            return;
        Put($"models--org--name/blobs/{Sha256}", "something else");
        Link($"models--org--name/snapshots/{Commit}/model.safetensors", $"../../blobs/{Sha256}");
        Assert.Single(Judge(Assert.Single(Claims())).Broken);
    }

    [Fact]
    public void The_list_of_a_snapshot_is_read_from_beside_it()
    {
        Put($"models--org--name/snapshots/{Commit}/model.safetensors");
        Put($"models--org--name/trees/{Commit}.json", $$$"""{"format_version":1,"files":{"model.safetensors":{"size":134,"blob_id":"{{{new string('d', 40)}}}","lfs_sha256":"{{{Sha256}}}","lfs_size":1000,"xet_hash":null},"gone":{"size":1,"blob_id":"{{{GitSha1}}}"} } }""");
        var claim = Assert.Single(Claims($"models--org--name/snapshots/{Commit}"));
        Assert.Equal(("model.safetensors", HashName.Sha256, Sha256, 1000L), (claim.Path, claim.Algorithm, claim.Hex, claim.Size));
    }

    [Fact]
    public void A_list_of_a_later_form_is_a_fault_and_no_claim()
    {
        Put($"models--org--name/snapshots/{Commit}/a.bin");
        Put($"models--org--name/trees/{Commit}.json", """{"format_version":2,"files":{}}""");
        var (claims, faults) = Read();
        Assert.Empty(claims);
        Assert.Contains("in a form that is not known", faults, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_of_a_download_has_the_hub_s_word_beside_it()
    {
        Put("repo/sub/model.bin");
        Put("repo/.cache/huggingface/download/sub/model.bin.metadata", $"{Commit}\n{Sha256}\n1700000000.5\n");
        var claim = Assert.Single(Claims());
        Assert.Equal(("repo/sub/model.bin", HashName.Sha256, Sha256, Commit), (claim.Path, claim.Algorithm, claim.Hex, claim.Source!.Commit));
    }

    [Fact]
    public void The_blobs_of_Ollama_are_named_by_their_digest_and_listed_with_their_size()
    {
        Put($"blobs/sha256-{Sha256}");
        Put("manifests/registry.ollama.ai/library/llama3/8b", $$"""{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:{{Sha256}}","size":1000}]}""");
        var claims = Claims();
        Assert.Equal(2, claims.Count);
        Assert.Contains(claims, c => c.Size == 1000 && c.Source == new LockSource("ollama", "registry.ollama.ai/library/llama3:8b", null));
        // A blob of zeros of the right length, which Ollama takes for good.
        File.WriteAllBytes(_home.At($"blobs/sha256-{Sha256}"), new byte[1000]);
        Assert.All(Claims(), c => Assert.Single(Judge(c).Broken));
    }

    [Fact]
    public void Manifests_of_Ollama_alone_say_nothing()
    {
        Put("manifests/registry.ollama.ai/library/llama3/8b", $$"""{"schemaVersion":2,"layers":[{"digest":"sha256:{{Sha256}}","size":1000}]}""");
        Assert.Empty(Claims("manifests"));
        Assert.Empty(Claims("manifests/registry.ollama.ai/library/llama3"));
    }

    [Fact]
    public void A_bill_of_materials_names_files_and_where_they_are_from()
    {
        Put("model.gguf");
        Put("model.cdx.json", $$$"""{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"machine-learning-model","name":"name","purl":"pkg:huggingface/org/name@abc","components":[{"type":"file","name":"model.gguf","purl":"pkg:huggingface/org/name@abc","hashes":[{"alg":"SHA-256","content":"{{{Sha256}}}"},{"alg":"MD5","content":"00"}]}]}]}""");
        var claim = Assert.Single(Claims());
        Assert.Equal(("model.gguf", Sha256, new LockSource("huggingface", "org/name", "abc")), (claim.Path, claim.Hex, claim.Source));
    }

    [Theory]
    [InlineData("first-seen", 0)]
    [InlineData("publisher-hash", 1)]
    [InlineData("publisher-signature", 1)]
    [InlineData("first-seen-by-somebody", 1)]
    public void What_Canary_saw_first_is_nobody_s_word_in_its_own_bill_either(string basis, int claims)
    {
        Put("model.gguf");
        Put("model.cdx.json", $$$"""{"bomFormat":"CycloneDX","components":[{"name":"model.gguf","hashes":[{"alg":"SHA-256","content":"{{{Sha256}}}"}],"properties":[{"name":"other"},{"name":"canary:basis","value":"{{{basis}}}"}]}]}""");
        Assert.Equal(claims, Claims().Count);
    }

    [Theory]
    [InlineData("[{\"name\":\"theirs:basis\",\"value\":\"first-seen\"},{\"name\":\"first-seen\",\"value\":\"canary:basis\"}]")]
    [InlineData("[1,{\"value\":3},{\"name\":\"canary:basis\"}]")]
    [InlineData("{\"name\":\"canary:basis\",\"value\":\"first-seen\"}")]
    [InlineData("[]")]
    public void Properties_of_others_take_no_bill_its_word(string properties)
    {
        Put("model.gguf");
        Put("model.cdx.json", $$$"""{"bomFormat":"CycloneDX","components":[{"name":"model.gguf","hashes":[{"alg":"SHA-256","content":"{{{Sha256}}}"}],"properties":{{{properties}}}}]}""");
        Assert.Equal(Sha256, Assert.Single(Claims()).Hex);
    }

    [Fact]
    public void What_lies_in_a_component_has_its_own_word()
    {
        Put("model.gguf");
        Put("model.cdx.json", $$$"""{"bomFormat":"CycloneDX","components":[{"name":"all","properties":[{"name":"canary:basis","value":"first-seen"}],"components":[{"name":"model.gguf","hashes":[{"alg":"SHA-256","content":"{{{Sha256}}}"}]}]}]}""");
        Assert.Equal(Sha256, Assert.Single(Claims()).Hex);
    }

    [Fact]
    public void A_manifest_of_gguf_hash_is_of_tensors_and_not_of_the_file()
    {
        Put("model.gguf");
        Put("model.manifest", $"xxh64  0011223344556677  model.gguf:t\nsha256  {Locked.Hex(Bytes.AsSpan(100, 50))}  model.gguf:blk:0\nsha256  {Sha256}  model.gguf\n");
        var claim = Assert.Single(Claims());
        Assert.Equal(("model.gguf", "blk:0"), (claim.Path, claim.Tensor));
        var digests = FilePass.Run(new HeldBytes("model.gguf", Bytes), [Locked.Tensor("blk:0", 100, 50)], []);
        Assert.Equal(TrustBasis.FirstSeen, Vouching.Of(digests, [claim]).Basis);
        Assert.Empty(Vouching.Of(digests, [claim]).Broken);
        Assert.Single(Vouching.Of(FilePass.Run(new HeldBytes("model.gguf", Bytes), [Locked.Tensor("blk:0", 101, 50)], []), [claim]).Broken);
    }

    [Theory]
    [InlineData("SHA256SUMS", "\0\0\0")]
    [InlineData("x.cdx.json", "{\"bomFormat\":\"CycloneDX\",\"components\":3}")]
    [InlineData("x.cdx.json", "{")]
    [InlineData("x.cdx.json", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("manifests/h/n/m/t", "{\"schemaVersion\":2,\"layers\":[1,{\"digest\":\"\\ud800\"}]}")]
    [InlineData("manifests/h/n/m/t", "{\"schemaVersion\":2,\"config\":\"x\",\"layers\":{}}")]
    [InlineData("x.manifest", "sha256  zz  a.gguf:t")]
    public void What_is_broken_claims_nothing_and_throws_nothing(string name, string text)
    {
        Put(name, text);
        Assert.Empty(Claims());
    }

    private void Put(string name, string? text = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_home.At(name))!);
        File.WriteAllBytes(_home.At(name), text is null ? Bytes : Encoding.UTF8.GetBytes(text));
    }

    private void Link(string name, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_home.At(name))!);
        File.CreateSymbolicLink(_home.At(name), target);
    }

    private IReadOnlyList<HashClaim> Claims(string below = ".") => Read(below).Claims;

    private (IReadOnlyList<HashClaim> Claims, string Faults) Read(string below = ".")
    {
        string directory = Path.GetFullPath(_home.At(below));
        var tree = new ModelTree(directory, ModelFilesHere.Create());
        var search = new HashSearch(directory, [.. tree.Files(directory)], tree);
        return (HashSources.Claims(search), string.Join('\n', search.Faults.All));
    }

    private Vouching Judge(HashClaim claim) => Vouching.Of(FilePass.Run(new HeldBytes("x", File.ReadAllBytes(_home.At(claim.Path))), [], [claim.Algorithm]), [claim]);
}
