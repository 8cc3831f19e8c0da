using System.Globalization;
using Canary.EndToEnd.Support;
using Canary.Hashing;
using Canary.Models.Hashing;
using Canary.Models.Locking;

namespace Canary.EndToEnd.Scenarios;

/// <summary>Loaders that verify what they read by libcanary_verify.so: one in C that streams, one in Python that takes single tensors.</summary>
[Collection(OneMachine.Name)]
public sealed class StreamingLoaderTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Machine _machine;
    private readonly World _world = new();
    private readonly TinyGguf _gguf = new();

    public StreamingLoaderTests(Machine machine)
    {
        _machine = machine;
        File.WriteAllBytes(Model, _gguf.Bytes);
        File.WriteAllBytes(LockFile, Lock(_gguf.Bytes).Bytes());
    }

    private string Model => Path.Combine(_world.Work, "tiny.gguf");

    private string LockFile => Path.Combine(_world.Root, "models.lock");

    [Theory]
    [InlineData("1048576")]
    [InlineData("99991")]
    [InlineData("16777216")]
    [InlineData("99991", "whole")]
    public async Task A_stream_of_a_locked_file_is_verified_however_it_is_cut(params string[] step) =>
        Assert.Equal("OK\n", (await StreamAsync("tiny.gguf", step)).Good().Output);

    [Theory]
    [InlineData("1048576")]
    [InlineData("99991")]
    [InlineData("16777216")]
    [InlineData("99991", "whole")]
    public async Task A_stream_with_a_flipped_byte_is_refused_and_its_tensor_named(params string[] step)
    {
        var (offset, length) = _gguf.Tensors["blk.1.ffn_down.weight"];
        Flip(offset + length / 2);

        var ran = await StreamAsync("tiny.gguf", step);

        Assert.Equal(1, ran.ExitCode);
        Assert.StartsWith("verify 1: bytes 2097152 to 3145728 of tiny.gguf differ from the lock: ", ran.Output, StringComparison.Ordinal);
        Assert.Contains("token_embd.weight", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_found_by_its_path_and_one_that_is_not_locked_is_refused()
    {
        Assert.Equal("OK\n", (await StreamAsync(Model, "1048576")).Good().Output);

        var ran = await StreamAsync("other.gguf", "1048576");

        Assert.Equal(1, ran.ExitCode);
        Assert.StartsWith("open -4: ", ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"version\":2}")]
    [InlineData("")]
    public async Task A_lock_that_is_none_is_refused_in_words(string text)
    {
        await File.WriteAllTextAsync(LockFile, text);

        var ran = await StreamAsync("tiny.gguf", "1048576");

        Assert.Equal(1, ran.ExitCode);
        Assert.StartsWith("open -3: ", ran.Output, StringComparison.Ordinal);
        Assert.Contains(LockFile, ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loader_in_Python_takes_the_tensors_that_are_whole_and_refuses_the_one_that_is_not()
    {
        Assert.Equal(2, (await TakeAsync("token_embd.weight", "output.weight")).Good().Output.Split("LOADED").Length - 1);
        var (offset, length) = _gguf.Tensors["output.weight"];
        Flip(offset + length - 1);

        (await TakeAsync("token_embd.weight")).Good();
        var ran = await TakeAsync("blk.0.attn_q.weight", "output.weight");

        Assert.Equal(1, ran.ExitCode);
        Assert.Matches(@"^LOADED blk\.0\.attn_q\.weight [^\n]*\nREFUSED output\.weight bytes \d+ to \d+ of tiny\.gguf differ from the lock: output\.weight\n$", ran.Output);
    }

    public void Dispose() => _world.Dispose();

    private Task<Ran> StreamAsync(string model, params string[] step) =>
        Command.RunAsync(Path.Combine(_machine.Native, "verify_stream"), [Machine.VerifyLibrary, LockFile, model, Model, .. step], Limit);

    private Task<Ran> TakeAsync(params string[] tensors) => Command.RunAsync(
        "python3",
        [
            Path.Combine(Machine.Loaders, "stream-gguf.py"), Machine.VerifyLibrary, LockFile, "tiny.gguf", Model,
            .. tensors.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t}:{_gguf.Tensors[t].Offset}:{_gguf.Tensors[t].Length}")),
        ],
        Limit);

    private ModelLock Lock(byte[] bytes)
    {
        var digests = new byte[ChunkTable.CountOf(bytes.Length) * Blake3.DigestBytes];
        for (var i = 0; i < digests.Length / Blake3.DigestBytes; i++)
        {
            var (offset, length) = ChunkTable.Place(bytes.Length, i);
            ChunkTable.Digest(bytes.Length, i, bytes.AsSpan((int)offset, length), digests.AsSpan(i * Blake3.DigestBytes, Blake3.DigestBytes));
        }

        var unused = new string('0', 64);
        var file = new LockedFile("tiny.gguf", bytes.Length, unused, new ChunkTable(bytes.Length, digests))
        {
            Format = "gguf",
            Tensors = [.. _gguf.Tensors.Select(t => new LockedTensor(t.Key, "F32", t.Value.Offset, t.Value.Length, unused))],
        };
        return new ModelLock(DateTimeOffset.UnixEpoch, _world.Work, [file]);
    }

    private void Flip(long offset)
    {
        var bytes = File.ReadAllBytes(Model);
        bytes[offset] ^= 1;
        File.WriteAllBytes(Model, bytes);
    }
}
