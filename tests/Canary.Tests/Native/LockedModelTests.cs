using Canary.Models.Locking;
using Canary.Native;
using CsCheck;
using Xunit;

namespace Canary.Tests.Native;

/// <summary>A lock comes from anywhere; what is wrong with it is an answer in words.</summary>
public sealed class LockedModelTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("canary-native-").FullName;

    [Theory]
    [InlineData("sub/model.gguf")]
    [InlineData("{root}/models/sub/model.gguf")]
    [InlineData("{root}/models/sub/../sub/model.gguf")]
    public void A_model_is_found_by_the_path_of_the_lock_and_by_its_own(string model)
    {
        Write(Lock("sub/model.gguf").Bytes());
        Assert.Equal(VerifyOutcome.Verified, LockedModel.Find(LockFile, model.Replace("{root}", _root, StringComparison.Ordinal), out var found, out string words));
        Assert.Equal("sub/model.gguf", found!.Path);
        Assert.Equal("", words);
    }

    [Theory]
    [InlineData("model.gguf")]
    [InlineData("{root}/sub/model.gguf")]
    [InlineData("../models/sub/model.gguf/x")]
    public void A_model_that_the_lock_does_not_name_is_not_found(string model)
    {
        Write(Lock("sub/model.gguf").Bytes());
        Assert.Equal(VerifyOutcome.NotLocked, LockedModel.Find(LockFile, model.Replace("{root}", _root, StringComparison.Ordinal), out var found, out string words));
        Assert.Null(found);
        Assert.Contains("does not name", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_lock_there_is_an_answer()
    {
        Assert.Equal(VerifyOutcome.NoLock, LockedModel.Find(LockFile, "model.gguf", out _, out string words));
        Assert.Contains(LockFile, words, StringComparison.Ordinal);
        Assert.Equal(VerifyOutcome.NoLock, LockedModel.Find(_root, "model.gguf", out _, out _));
    }

    [Fact]
    public void A_lock_with_any_byte_changed_is_refused_or_is_another_lock_but_throws_nothing()
    {
        byte[] good = Lock("model.gguf").Bytes();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] changed = [.. good];
            changed[at] = value;
            Write(changed);
            var outcome = LockedModel.Find(LockFile, "model.gguf", out var found, out string words);
            return outcome == VerifyOutcome.Verified ? found is not null && words.Length == 0 : found is null && words.Length > 0;
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void A_handle_that_was_closed_is_never_given_again()
    {
        var models = new OpenModels();
        var model = new RangeVerifier(Locks.Of(Locks.Bytes(10)));
        long first = models.Add(model);
        Assert.True(models.Remove(first));
        Assert.False(models.Remove(first));
        Assert.False(models.TryGet(first, out _));
        Assert.NotEqual(first, models.Add(model));
        Assert.False(models.TryGet(0, out _));
    }

    [Fact]
    public void Models_beyond_what_may_be_open_get_no_handle()
    {
        var models = new OpenModels();
        var model = new RangeVerifier(Locks.Of(Locks.Bytes(10)));
        for (int i = 0; i < OpenModels.Most; i++)
            Assert.True(models.Add(model) > 0);
        Assert.Equal(0, models.Add(model));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string LockFile => Path.Combine(_root, "models.lock");

    private static ModelLock Lock(string path) => new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), "models", [Locks.Of(Locks.Bytes(2_000_000), path)]);

    private void Write(byte[] bytes) => File.WriteAllBytes(LockFile, bytes);
}
