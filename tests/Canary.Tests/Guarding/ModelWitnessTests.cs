using Canary.Agents;
using Canary.Events;
using Canary.Findings;
using Canary.Guarding;
using Canary.Models.Gating;
using Canary.Models.Locking;
using Canary.Tests.Agents;
using Canary.Tests.Models.Locking;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Guarding;

public sealed class ModelWitnessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly World _world = new();
    private readonly byte[] _bytes = Locked.Bytes(Locked.MiB + 5);
    private readonly string _lock, _model;
    private readonly ProcessKey _loader;

    public ModelWitnessTests()
    {
        (_lock, _model) = (Path.Combine(_directory.Path, "models.lock"), Path.Combine(_directory.Path, "a.gguf"));
        File.WriteAllBytes(_model, _bytes);
        LockStore.Write(_lock, Locked.Of(Locked.File("a.gguf", _bytes, Locked.Tensor("blk.0", 0, 4096))));
        _loader = _world.Start(default, 700, "/usr/bin/loader", "loader a.gguf");
    }

    [Fact]
    public async Task A_model_that_is_not_as_it_was_locked_is_told_with_its_tensor_and_its_loader()
    {
        using var witness = new ModelWitness(_lock, [_directory.Path], TimeProvider.System);
        using (var file = File.OpenWrite(_model))
        {
            file.Position = 100;
            file.WriteByte((byte)(_bytes[100] ^ 1));
        }

        witness.See(Opened(_model));
        var load = await Next(witness);
        Assert.Equal((GateAnswer.Allowed, GateReason.Changed, 700), (load.Answer, load.Reason, load.Loader.Pid));
        Assert.Equal(["blk.0"], load.Tensors);
        Assert.Equal("/usr/bin/loader", load.Loader.Image);
        Assert.StartsWith("changed:", load.Get(Field.Named("Reason")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_as_it_was_locked_is_nothing_to_tell()
    {
        using var witness = new ModelWitness(_lock, [_directory.Path], TimeProvider.System);
        string stranger = Path.Combine(_directory.Path, "b.gguf");
        File.WriteAllBytes(stranger, [1, 2, 3]);
        witness.See(Opened(_model));
        witness.See(Opened(_model));
        witness.See(Opened(stranger));
        var load = await Next(witness);
        Assert.Equal((stranger, GateReason.Unknown), (load.Path, load.Reason));
        Assert.Equal(0, witness.Dropped);
    }

    [Fact]
    public async Task A_lock_that_was_replaced_is_the_one_in_force_and_one_that_is_broken_is_said()
    {
        using var witness = new ModelWitness(_lock, [_directory.Path], TimeProvider.System);
        byte[] other = Locked.Bytes(5000, 2);
        LockStore.Write(_lock, Locked.Of(Locked.File("a.gguf", other)));
        witness.See(Opened(_model));
        Assert.Equal(GateReason.Changed, (await Next(witness)).Reason);
        File.WriteAllText(_lock, "{");
        witness.See(Opened(_model));
        Assert.Equal(GateReason.Unreadable, (await Next(witness)).Reason);
    }

    [Fact]
    public void A_model_that_nobody_guards_is_not_read()
    {
        using var witness = new ModelWitness(_lock, [Path.Combine(_directory.Path, "sub")], TimeProvider.System);
        witness.See(Opened(_model));
        Assert.False(witness.Words.TryRead(out _));
    }

    public void Dispose() => _directory.Dispose();

    private ModelOpenActivity Opened(string path) => Assert.IsType<ModelOpenActivity>(_world.Reader.Read(new ModelOpened(2_000_000_000, _loader, path, "GPU 0")));

    private static async Task<ModelLoad> Next(ModelWitness witness)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return Assert.IsType<ModelLoad>(Assert.IsType<GateSubject>(await witness.Words.ReadAsync(patience.Token)).Subject);
    }
}
