using Canary.Models.Locking;
using Canary.Tests.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Canary.Tests.Models.Locking;

public sealed class VerifierTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Files_as_they_were_locked_are_good(int threads)
    {
        LockedFile[] files = [Put("a", Locked.Bytes(40 * Locked.MiB + 1)), Put("b", [1, 2]), Put("c", []), Put("d", Locked.Bytes(Locked.MiB))];
        var checkedFiles = Verify(new VerifyOptions(Locked.Files()) { Threads = threads }, files);
        Assert.All(checkedFiles, c => Assert.Equal(FileState.Good, c.State));
        Assert.Equal(["a", "b", "c", "d"], checkedFiles.Select(c => c.File.Path));
    }

    [Fact]
    public void A_flipped_byte_names_its_chunk_and_the_tensors_in_it()
    {
        byte[] bytes = Locked.Bytes(5 * Locked.MiB + 100);
        var file = Put("a", bytes, Locked.Tensor("before", 0, Locked.MiB), Locked.Tensor("over the edge", Locked.MiB, Locked.MiB + 10), Locked.Tensor("within", (2 * Locked.MiB) + 10, 100), Locked.Tensor("after", 3 * Locked.MiB, 10));
        bytes[(2 * Locked.MiB) + 500_000] ^= 1;
        bytes[^1] ^= 1;
        File.WriteAllBytes(_home.At("a"), bytes);
        var result = Assert.Single(Verify(new VerifyOptions(Locked.Files()), file));
        Assert.Equal(FileState.Corrupt, result.State);
        Assert.Equal([(2L * Locked.MiB, (long)Locked.MiB), (5L * Locked.MiB, 100L)], result.Bad.Select(b => (b.Offset, b.Length)));
        Assert.Equal(["over the edge", "within"], result.Bad[0].Tensors.Select(t => t.Name));
        Assert.Empty(result.Bad[1].Tensors);
    }

    [Fact]
    public void Neighbouring_chunks_are_one_range()
    {
        byte[] bytes = Locked.Bytes(20 * Locked.MiB);
        var file = Put("a", bytes);
        bytes.AsSpan(14 * Locked.MiB, 4 * Locked.MiB).Clear();
        File.WriteAllBytes(_home.At("a"), bytes);
        Assert.Equal([(14L * Locked.MiB, 4L * Locked.MiB)], Verify(new VerifyOptions(Locked.Files()), file)[0].Bad.Select(b => (b.Offset, b.Length)));
    }

    [Fact]
    public void What_is_missing_longer_shorter_or_no_file_is_told_apart()
    {
        LockedFile[] files = [Put("gone", [1]), Put("longer", [1]), Put("shorter", [1, 2]), Put("directory", [1])];
        File.Delete(_home.At("gone"));
        File.WriteAllBytes(_home.At("longer"), [1, 1]);
        File.WriteAllBytes(_home.At("shorter"), [1]);
        File.Delete(_home.At("directory"));
        Directory.CreateDirectory(_home.At("directory"));
        Assert.Equal([FileState.Missing, FileState.Grown, FileState.Shrunk, FileState.Unreadable], Verify(new VerifyOptions(Locked.Files()), files).Select(c => c.State));
    }

    [Fact]
    public void A_stopped_verification_goes_on_where_it_was()
    {
        var file = Put("a", Locked.Bytes(64 * Locked.MiB));
        Assert.Equal(12L * Locked.MiB, Stop(file, 12));

        var again = new VerifyProgress(_home.At("progress"));
        int read = 0;
        Assert.Equal(FileState.Good, Verify(new VerifyOptions(Locked.Files()) { Progress = again, AfterChunk = () => Interlocked.Increment(ref read) }, file)[0].State);
        Assert.Equal((1, 64 - 12), (again.Resumed, read));
        Assert.False(File.Exists(_home.At("progress")));
    }

    [Fact]
    public void What_was_written_since_is_read_anew()
    {
        byte[] bytes = Locked.Bytes(64 * Locked.MiB);
        var file = Put("a", bytes);
        Stop(file, 8);
        // The first chunk was good when the first run read it.
        bytes[0] ^= 1;
        File.WriteAllBytes(_home.At("a"), bytes);
        var again = new VerifyProgress(_home.At("progress"));
        Assert.Equal(FileState.Corrupt, Verify(new VerifyOptions(Locked.Files()) { Progress = again }, file)[0].State);
        Assert.Equal(0, again.Resumed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("canary-verify 1\nx\t/////////w==\nend 00\n")]
    [InlineData("nothing")]
    public void A_damaged_progress_is_no_progress(string text)
    {
        byte[] bytes = Locked.Bytes(2 * Locked.MiB);
        var file = Put("a", bytes);
        bytes[5] ^= 1;
        File.WriteAllBytes(_home.At("a"), bytes);
        File.WriteAllText(_home.At("progress"), text);
        Assert.Equal(FileState.Corrupt, Verify(new VerifyOptions(Locked.Files()) { Progress = new VerifyProgress(_home.At("progress")) }, file)[0].State);
    }

    [Fact]
    public void A_record_is_believed_only_when_asked_and_only_for_the_same_state_of_the_file()
    {
        if (Locked.Files() is PlainFiles)
            return;
        byte[] bytes = Locked.Bytes(Locked.MiB);
        var file = Put("a", bytes);
        var records = new VerdictRecords(_home.At("records"), TimeProvider.System);
        var options = new VerifyOptions(Locked.Files()) { Records = records, Quick = true };
        Assert.False(Verify(options, file)[0].FromRecord);
        Assert.True(Verify(options, file)[0].FromRecord);
        Assert.False(Verify(options with { Quick = false }, file)[0].FromRecord);
        bytes[7] ^= 1;
        File.WriteAllBytes(_home.At("a"), bytes);
        var changed = Verify(options, file)[0];
        Assert.Equal((FileState.Corrupt, false), (changed.State, changed.FromRecord));
        // Of a lock that names other bytes the record says nothing.
        Assert.False(records.Holds(changed.Key!, Locked.File("a", bytes)));
    }

    [Fact]
    public void A_forged_date_does_not_make_a_record_hold()
    {
        if (Locked.Files() is PlainFiles)
            return;
        byte[] bytes = Locked.Bytes(Locked.MiB);
        var file = Put("a", bytes);
        var options = new VerifyOptions(Locked.Files()) { Records = new VerdictRecords(_home.At("records"), TimeProvider.System), Quick = true };
        var written = File.GetLastWriteTimeUtc(_home.At("a"));
        Verify(options, file);
        bytes[7] ^= 1;
        File.WriteAllBytes(_home.At("a"), bytes);
        File.SetLastWriteTimeUtc(_home.At("a"), written);
        Assert.Equal(FileState.Corrupt, Verify(options, file)[0].State);
    }

    [Fact]
    public void A_record_of_a_sealed_file_is_believed_unasked_until_the_seal_is_broken()
    {
        if (Locked.Files() is PlainFiles)
            return;
        var file = Put("a", Locked.Bytes(Locked.MiB));
        var files = new Counted(Locked.Files()) { IsSealed = true };
        var options = new VerifyOptions(files) { Records = new VerdictRecords(_home.At("records"), TimeProvider.System) };
        Assert.False(Verify(options, file)[0].FromRecord);
        Assert.True(Verify(options, file)[0].FromRecord);
        Assert.False(Verify(options with { Anew = true }, file)[0].FromRecord);
        files.IsSealed = false;
        Assert.False(Verify(options, file)[0].FromRecord);
    }

    [Fact]
    public void Progress_that_cannot_be_kept_ends_no_verification()
    {
        var file = Put("a", Locked.Bytes(4 * Locked.MiB));
        Put("file", [1]);
        using var stop = new CancellationTokenSource();
        // Its directory is a file.
        var options = new VerifyOptions(Locked.Files()) { Threads = 1, Progress = new VerifyProgress(_home.At("file/progress")), AfterChunk = stop.Cancel };
        var run = new LockVerifier([(file, _home.At("a"))], options);
        Assert.Equal(FileState.Unfinished, Assert.Single(run.Run(stop.Token)).State);
        Assert.False(run.IsKept);
    }

    [Fact]
    public void A_file_that_is_written_while_it_is_read_has_no_verdict()
    {
        if (Locked.Files() is PlainFiles)
            return;
        byte[] bytes = Locked.Bytes(4 * Locked.MiB);
        var file = Put("a", bytes);
        var files = new Counted(Locked.Files());
        int keys = 0;
        // The bytes stay the same: it is the writing that counts.
        files.OnKey = () =>
        {
            if (++keys == 2)
                File.WriteAllBytes(_home.At("a"), bytes);
        };
        Assert.Equal(FileState.Unstable, Verify(new VerifyOptions(files) { Threads = 1 }, file)[0].State);
    }

    private LockedFile Put(string name, byte[] bytes, params Canary.Models.ModelTensor[] tensors)
    {
        File.WriteAllBytes(_home.At(name), bytes);
        return Locked.File(name, bytes, tensors);
    }

    private IReadOnlyList<CheckedFile> Verify(VerifyOptions options, params LockedFile[] files) => new LockVerifier(files.Select(f => (f, _home.At(f.Path))), options).Run();

    // How many bytes were good when it was stopped.
    private long Stop(LockedFile file, int afterChunks)
    {
        using var stop = new CancellationTokenSource();
        int read = 0;
        var options = new VerifyOptions(Locked.Files())
        {
            Threads = 1,
            Progress = new VerifyProgress(_home.At("progress")),
            AfterChunk = () =>
            {
                if (++read == afterChunks)
                    stop.Cancel();
            },
        };
        var run = new LockVerifier([(file, _home.At(file.Path))], options);
        Assert.Equal(FileState.Unfinished, Assert.Single(run.Run(stop.Token)).State);
        return run.Done;
    }

    /// <summary>The system's files, with something happening in between.</summary>
    private sealed class Counted(IModelFiles files) : IModelFiles
    {
        public Action? OnKey { get; set; }

        public bool IsSealed { get; set; }

        public SafeFileHandle Open(string path) => files.Open(path);

        public FileKey? KeyOf(SafeFileHandle file)
        {
            OnKey?.Invoke();
            return files.KeyOf(file) is { } key ? key with { Sealed = IsSealed } : null;
        }

        public string? PlaceOf(SafeFileHandle file) => files.PlaceOf(file);

        public string RealPath(string directory) => files.RealPath(directory);

        public void Sync(SafeFileHandle file) => files.Sync(file);
    }
}
