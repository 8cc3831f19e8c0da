using System.Text;
using System.Text.Json;
using Canary.Commands;
using Canary.ModelFiles;
using Canary.Models;
using Canary.Models.Locking;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Models.Locking;

/// <summary>The bill of materials of a lock, as text and by the rules of CycloneDX 1.6.</summary>
public sealed class LockCycloneDxTests
{
    private static readonly string Commit = new('C', 40);

    private static readonly ModelLock Small = Locked.Of(
        Locked.File("weights/model.gguf", Locked.Bytes(300), Locked.Tensor("w", 100, 200)) with
        {
            Basis = TrustBasis.PublisherHash,
            Signer = "the Hub's <\"list\">\nof it",
            Source = new LockSource("huggingface", "Acme/tiny lm@1", Commit),
            TemplateSha256 = [new string('b', 64), new string('a', 64)],
        },
        Locked.File("config.json", [1, 2]) with { Format = "config", Verdict = ModelVerdict.Unknown },
        Locked.File("naïve\"’模.bin", []) with { Format = "unknown", Verdict = ModelVerdict.Deny, Source = new LockSource("huggingface", null, Commit) });

    [Fact]
    public void The_text_is_canonical()
    {
        byte[] bytes = LockCycloneDx.Write(Small, "models/");
        Golden.Holds("models.cdx.json", Encoding.UTF8.GetString(bytes).Replace(JsonEncodedText.Encode(VersionText.Number).Value, "0.0.0", StringComparison.Ordinal));
        Assert.Equal((byte)'{', bytes[0]);
        Assert.DoesNotContain((byte)'\r', bytes);
        Assert.All(bytes, b => Assert.True(b < 0x80));
    }

    [Fact]
    public void The_same_lock_has_the_same_bytes_in_whatever_order_and_from_its_own_text()
    {
        byte[] bytes = LockCycloneDx.Write(Small, "");
        Assert.Equal(bytes, LockCycloneDx.Write(Small with { Files = [.. Small.Files.Reverse()] }, ""));
        var (read, faults) = Locked.Read((Small with { Created = Locked.Day.AddTicks(3).ToOffset(TimeSpan.FromHours(2)) }).Bytes());
        Assert.Equal("", faults);
        Assert.Equal(bytes, LockCycloneDx.Write(read!, ""));
    }

    [Fact]
    public void It_keeps_the_rules_of_CycloneDX()
    {
        using var document = JsonDocument.Parse(LockCycloneDx.Write(Small, ""), new JsonDocumentOptions { AllowDuplicateProperties = false });
        var root = document.RootElement;
        Assert.Equal(("CycloneDX", "1.6"), (root.GetProperty("bomFormat").GetString(), root.GetProperty("specVersion").GetString()));
        Assert.Equal(["$schema", "bomFormat", "specVersion", "version", "metadata", "components"], Keys(root));
        Assert.Equal("2026-11-28T01:02:03.456Z", root.GetProperty("metadata").GetProperty("timestamp").GetString());
        var components = root.GetProperty("components").EnumerateArray().ToList();
        Assert.Equal(Small.Files.Select(f => f.Path).Order(StringComparer.Ordinal), components.Select(c => c.GetProperty("bom-ref").GetString()));
        Assert.All(components, component =>
        {
            Assert.Empty(Keys(component).Except(["type", "bom-ref", "name", "hashes", "purl", "properties", "evidence"]));
            Assert.Contains(component.GetProperty("type").GetString(), (string[])["machine-learning-model", "file"]);
            var file = Small.Find(component.GetProperty("name").GetString()!)!;
            Assert.Equal(
                [("SHA-256", file.Sha256), ("BLAKE3", file.Blake3)], component.GetProperty("hashes").EnumerateArray().Select(h => (h.GetProperty("alg").GetString(), h.GetProperty("content").GetString())));
            Assert.All(component.GetProperty("hashes").EnumerateArray(), h => Assert.Matches("^[0-9a-f]{64}$", h.GetProperty("content").GetString()!));
            Assert.All(component.GetProperty("properties").EnumerateArray(), p =>
            {
                Assert.Equal(["name", "value"], Keys(p));
                Assert.StartsWith("canary:", p.GetProperty("name").GetString(), StringComparison.Ordinal);
                Assert.Equal(JsonValueKind.String, p.GetProperty("value").ValueKind);
            });
            Assert.Equal(file.Path, Assert.Single(component.GetProperty("evidence").GetProperty("occurrences").EnumerateArray()).GetProperty("location").GetString());
        });
    }

    [Theory]
    [InlineData("huggingface", "acme/tiny", "ab", "pkg:huggingface/acme/tiny@ab")]
    [InlineData("huggingface", "ac?me/t#y", "a b/c", "pkg:huggingface/ac%3Fme/t%23y@a%20b%2Fc")]
    [InlineData("huggingface", "acme/tiny", null, null)]
    [InlineData("huggingface", "acme/tiny", "", null)]
    [InlineData("huggingface", "//", "ab", null)]
    [InlineData("huggingface", null, "ab", null)]
    [InlineData("ollama", "acme/tiny", "ab", null)]
    public void Only_a_repository_of_the_Hub_at_a_commit_has_a_purl(string kind, string? repository, string? commit, string? purl)
    {
        using var document = JsonDocument.Parse(LockCycloneDx.Write(Locked.Of(Locked.File("m.gguf", [1]) with { Source = new LockSource(kind, repository, commit) }), ""));
        Assert.Equal(purl, document.RootElement.GetProperty("components")[0].TryGetProperty("purl", out var written) ? written.GetString() : null);
    }

    [Fact]
    public void Each_format_is_known_to_have_weights_or_none()
    {
        string[] without = ["safetensors-index", "tokenizer-config", "chat-template", "config", "keras-config", "keras-metadata", "yaml", "zip", "tar", "compressed", "container", "7z", "unknown"];
        Assert.DoesNotContain(without, LockCycloneDx.HasWeights);
        Assert.All(["gguf", "safetensors", "pytorch", "torch-legacy", "torch-tar", "joblib", "npz", "keras", "ort", "tflite", "executorch"], f => Assert.True(LockCycloneDx.HasWeights(f), f));
        // Whoever adds a format says here which it is.
        Assert.All(ModelFormats.All.Select(f => f.Name).Except(without), f => Assert.True(LockCycloneDx.HasWeights(f), f));
    }

    private static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(p => p.Name);
}
