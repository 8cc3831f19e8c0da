using System.Security.Cryptography;
using System.Text;
using Canary.Hashing;
using Canary.Models;
using Canary.Models.Locking;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Locking;

public sealed class FilePassTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Locked.MiB)]
    [InlineData(8 * Locked.MiB)]
    [InlineData((17 * Locked.MiB) + 3)]
    public void One_pass_gives_every_digest(int length)
    {
        byte[] bytes = Locked.Bytes(length);
        var digests = FilePass.Run(new HeldBytes("x", bytes), [], [HashName.GitSha1, HashName.Sha512, HashName.Sha384, HashName.Sha1, HashName.Blake3]);
        Assert.Equal(Locked.Hex(bytes), digests.Sha256);
        byte[] blake3 = new byte[32];
        Blake3.Hash(bytes, blake3);
        Assert.Equal(Convert.ToHexStringLower(blake3), digests.Others[HashName.Blake3]);
        Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(bytes)), digests.Others[HashName.Sha512]);
        Assert.Equal(Convert.ToHexStringLower(SHA384.HashData(bytes)), digests.Others[HashName.Sha384]);
        Assert.Equal(Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, bytes)), digests.Others[HashName.Sha1]);
        Assert.Equal(Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, [.. Encoding.ASCII.GetBytes($"blob {length}\0"), .. bytes])), digests.Others[HashName.GitSha1]);
    }

    [Fact]
    public void A_digest_of_git_is_that_of_git() =>
        // printf 'hello\n' | git hash-object --stdin
        Assert.Equal("ce013625030ba8dba906f756967f9e9ca394464a", FilePass.Run(new HeldBytes("x", "hello\n"u8.ToArray()), [], [HashName.GitSha1]).Others[HashName.GitSha1]);

    [Fact]
    public void Each_tensor_has_the_digest_of_its_bytes_wherever_blocks_end()
    {
        const int Length = (17 * Locked.MiB) + 3;
        byte[] bytes = Locked.Bytes(Length);
        // Of sorted places, every second is a start and the next its end: they never overlap.
        Gen.Int[0, Length].Array[2, 20].Sample(places =>
        {
            int[] sorted = [.. places.Order()];
            var tensors = Enumerable.Range(0, sorted.Length / 2).Select(i => Locked.Tensor($"t{i}", sorted[2 * i], sorted[(2 * i) + 1] - sorted[2 * i])).ToArray();
            var digests = FilePass.Run(new HeldBytes("x", bytes), tensors, []);
            return digests.HeaderSha256 == Locked.Hex(bytes.AsSpan(0, sorted[0]))
                && digests.Tensors.OrderBy(t => t.Name).Select(t => (t.Name, t.Sha256)).SequenceEqual(
                    tensors.OrderBy(t => t.Name).Select(t => (t.Name, Locked.Hex(bytes.AsSpan((int)t.Offset, (int)t.Length)))));
        }, iter: 20);
    }

    [Fact]
    public void Tensors_that_lie_over_each_other_or_outside_are_left_out()
    {
        var digests = FilePass.Run(new HeldBytes("x", Locked.Bytes(100)), [Locked.Tensor("a", 10, 50), Locked.Tensor("over", 20, 10), Locked.Tensor("out", 90, 11), Locked.Tensor("far", long.MaxValue, 1), Locked.Tensor("minus", 70, -1), Locked.Tensor("b", 60, 40)], []);
        Assert.Equal(["a", "b"], digests.Tensors.Select(t => t.Name));
    }

    [Fact]
    public void A_file_that_becomes_shorter_is_no_file_with_zeros() =>
        Assert.Throws<IOException>(() => FilePass.Run(new Shortened(), [], []));

    private sealed class Shortened : ModelBytes
    {
        public override string Name => "x";

        public override long Length => 20 * Locked.MiB;

        public override int ReadAt(long offset, Span<byte> buffer) => (int)Math.Clamp((10 * Locked.MiB) - offset, 0, buffer.Length);
    }
}
