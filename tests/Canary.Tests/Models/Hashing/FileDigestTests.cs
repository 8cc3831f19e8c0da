using System.Security.Cryptography;
using Canary.Hashing;
using Canary.Models;
using Canary.Models.Hashing;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Models.Hashing;

public sealed class FileDigestTests
{
    private const int MiB = 1 << 20;

    public static TheoryData<int> Lengths() => [0, 1, 1024, 1025, 64 * 1024, 128 * 1024, 128 * 1024 + 1, MiB, MiB + 1, 3 * MiB + 77, 9 * MiB];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void One_pass_gives_both_digests_and_several_threads_the_same_table(int length)
    {
        byte[] data = ChunkTableTests.Sample(length), blake3 = new byte[32];
        Blake3.Hash(data, blake3);
        long told = 0;
        var both = FileDigest.Of(new HeldBytes("x", data), DigestParts.All, n => told += n);
        Assert.Equal(SHA256.HashData(data), both.Sha256);
        Assert.Equal(blake3, both.Chunks!.Root());
        Assert.Equal(length, told);
        for (int threads = 1; threads <= 5; threads++)
            Assert.Equal(both.Chunks.Digests.ToArray(), FileDigest.Chunks(new HeldBytes("x", data), threads).Digests.ToArray());
    }

    [Fact]
    public void Only_what_was_asked_for_is_taken()
    {
        var file = new HeldBytes("x", ChunkTableTests.Sample(10));
        Assert.Null(FileDigest.Of(file, DigestParts.Sha256).Chunks);
        Assert.Null(FileDigest.Of(file, DigestParts.Chunks).Sha256);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Shards_come_back_in_their_own_order(int threads)
    {
        byte[][] shards = [.. new[] { 5, 0, 2 * MiB, 100, MiB, 3 }.Select(ChunkTableTests.Sample)];
        long told = 0;
        var digests = FileDigest.Each([.. shards.Select(s => new HeldBytes("shard", s))], DigestParts.All, threads, (_, n) => Interlocked.Add(ref told, n));
        Assert.Equal(shards.Select(s => Convert.ToHexString(SHA256.HashData(s))), digests.Select(d => Convert.ToHexString(d.Sha256!)));
        Assert.Equal(shards.Select(s => (long)s.Length), digests.Select(d => d.Chunks!.Length));
        Assert.Equal(shards.Sum(s => s.Length), told);
        Assert.Empty(FileDigest.Each([], DigestParts.All, threads));
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_read_is_an_error_of_the_medium()
    {
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "model.gguf");
        File.WriteAllBytes(path, new byte[4 * MiB]);
        using var file = new FileBytes("model.gguf", File.OpenHandle(path));
        void Cut(int _)
        {
            using var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            writer.SetLength(2 * MiB + 5);
        }

        Assert.Throws<EndOfStreamException>(() => FileDigest.Of(file, DigestParts.All, Cut));
        Assert.Throws<EndOfStreamException>(() => FileDigest.Chunks(file, 3));
        Assert.Throws<EndOfStreamException>(() => FileDigest.Each([file, file], DigestParts.Sha256, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_long_pass_can_be_given_up(int threads)
    {
        using var giveUp = new CancellationTokenSource();
        int told = 0;
        void Stop(int _)
        {
            if (Interlocked.Increment(ref told) == 10)
                giveUp.Cancel();
        }

        var endless = new Zeros(1L << 40);
        Assert.Throws<OperationCanceledException>(() => FileDigest.Of(endless, DigestParts.All, Stop, giveUp.Token));
        // One piece that was begun may end, on each thread.
        Assert.Equal(10, told);
        Assert.ThrowsAny<OperationCanceledException>(() => FileDigest.Chunks(endless, threads, Stop, giveUp.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => FileDigest.Each([endless, endless], DigestParts.All, threads, null, giveUp.Token));
        Assert.InRange(told, 10, 10 + threads);
    }

    [Fact]
    public void What_fails_on_one_thread_stops_the_others_and_is_said()
    {
        var failing = new Failing(1L << 40, at: 5L << 20);
        Assert.Equal("broken", Assert.Throws<IOException>(() => FileDigest.Chunks(failing, 3)).Message);
    }

    private sealed class Zeros(long length) : ModelBytes
    {
        public override string Name => "zeros";

        public override long Length => length;

        public override int ReadAt(long offset, Span<byte> buffer)
        {
            buffer.Clear();
            return buffer.Length;
        }
    }

    private sealed class Failing(long length, long at) : ModelBytes
    {
        public override string Name => "failing";

        public override long Length => length;

        public override int ReadAt(long offset, Span<byte> buffer) => offset >= at ? throw new IOException("broken") : buffer.Length;
    }
}
