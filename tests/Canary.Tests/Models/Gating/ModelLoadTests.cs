using Canary.Findings;
using Canary.Models;
using Canary.Models.Gating;
using Canary.Models.Hashing;
using Xunit;

namespace Canary.Tests.Models.Gating;

public sealed class ModelLoadTests
{
    private const int Chunk = ChunkTable.ChunkBytes;

    private static readonly GatedFile File = new("/m/a.gguf", 3 * Chunk, "ab", new ChunkTable(3 * Chunk, new byte[96]),
        [new("first", "F16", [1], 100, Chunk), new("second", "F16", [1], Chunk + 100, 50), new("third", "F16", [1], Chunk + 150, 2 * Chunk - 150), new("empty", "F16", [0], Chunk + 5, 0)],
        "gguf", "allow", "publisher-hash");

    [Fact]
    public void A_chunk_names_the_tensors_that_have_bytes_in_it()
    {
        Assert.Equal(["first"], File.TensorsIn(0));
        Assert.Equal(["first", "second", "third"], File.TensorsIn(1));
        Assert.Equal(["third"], File.TensorsIn(2));
    }

    [Fact]
    public void Of_many_tensors_the_first_are_named_and_the_others_counted()
    {
        var many = File with { Tensors = [.. Enumerable.Range(0, 40).Select(i => new ModelTensor($"t{i}", "F16", [1], i * 10, 10))] };
        Assert.Equal([.. Enumerable.Range(0, GatedFile.MostTensors).Select(i => $"t{i}"), $"and {40 - GatedFile.MostTensors} more"], many.TensorsIn(0));
        Assert.Equal(GatedFile.MostTensors, (many with { Tensors = [.. many.Tensors.Take(GatedFile.MostTensors)] }).TensorsIn(0).Count);
        Assert.Empty(many.TensorsIn(3));
    }

    [Fact]
    public void A_load_has_the_fields_that_rules_ask_for()
    {
        var process = new ProcessFacts(7, default, "/usr/bin/llama-server", "llama-server -m a.gguf", "/", "model");
        var load = new ModelLoad("/m/a.gguf", File, GateAnswer.Denied, GateReason.Changed, "the bytes differ", new Loader(7, 1, [process], ["/dev/nvidia0"]), ["first"], default);
        var fields = load.Names.Where(n => !load.Get(n).IsAbsent).ToDictionary(n => n.Name, n => load.Get(n).ToString());
        Assert.Equal(new Dictionary<string, string?>
        {
            ["TargetFilename"] = "/m/a.gguf",
            ["BaseName"] = "a.gguf",
            ["Size"] = $"{3 * Chunk}",
            ["Format"] = "gguf",
            ["Sha256"] = "ab",
            ["Verdict"] = "allow",
            ["Basis"] = "publisher-hash",
            ["Gate"] = "denied",
            ["Reason"] = "changed: the bytes differ",
            ["Tensors"] = "first",
            ["GpuDevice"] = "/dev/nvidia0",
            ["Image"] = "/usr/bin/llama-server",
            ["CommandLine"] = "llama-server -m a.gguf",
            ["ProcessId"] = "7",
            ["User"] = "model",
        }, fields);
        Assert.All(load.Names, n => Assert.True(n.IsKnown, n.Name));
    }

    [Fact]
    public void Of_a_file_that_no_lock_names_and_a_process_that_is_gone_little_is_said()
    {
        var load = new ModelLoad("/m/b", null, GateAnswer.Denied, GateReason.Unknown, "no lock names it", new Loader(7, 0, [], []), [], default);
        Assert.Equal(["TargetFilename", "BaseName", "Gate", "Reason", "ProcessId"], load.Names.Where(n => !load.Get(n).IsAbsent).Select(n => n.Name));
        Assert.Empty(load.Chain);
    }

    [Theory]
    [InlineData("/m/a.gguf", 3 * Chunk, true)]
    [InlineData("/m/a.gguf", 5, true)]
    [InlineData("/elsewhere/a.gguf", 3 * Chunk, true)]
    [InlineData("/elsewhere/a.gguf", 5, false)]
    [InlineData("/m/b.gguf", 3 * Chunk, false)]
    [InlineData("", 0, false)]
    public void A_book_is_asked_by_path_and_else_by_name_and_size(string path, long size, bool known) =>
        Assert.Equal(known, new GateBook([File]).Expected(path, size) is not null);

    [Fact]
    public void The_words_of_policies_are_read_back()
    {
        foreach (var policy in Enum.GetValues<GatePolicy>())
        {
            Assert.True(GatePolicies.TryParse(policy.Word(), out var read));
            Assert.Equal(policy, read);
        }

        Assert.False(GatePolicies.TryParse("Observe", out _));
    }
}
