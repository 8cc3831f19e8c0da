using Canary.Hashing;
using Canary.Models;
using Canary.Models.Hashing;
using Canary.Tests.Hashing;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Hashing;

public sealed class ChunkTableTests
{
    private const int MiB = ChunkTable.ChunkBytes;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1024, 1)]
    [InlineData(1025, 1)]
    [InlineData(MiB - 1, 1)]
    [InlineData(MiB, 1)]
    [InlineData(MiB + 1, 2)]
    [InlineData(2 * MiB, 2)]
    [InlineData(3 * MiB + 5, 4)]
    [InlineData(7 * MiB, 7)]
    public void The_root_of_the_table_is_the_digest_of_the_file(int length, int chunks)
    {
        byte[] data = Sample(length);
        var table = Of(data);
        Assert.Equal(chunks, table.Count);
        Assert.Equal(Plain(data), table.Root());
    }

    [Fact]
    public void The_root_of_the_table_is_the_digest_of_a_file_of_any_length() =>
        Gen.Int[0, 5 * MiB].Sample(length =>
        {
            byte[] data = Sample(length), expected = new byte[Blake3.DigestBytes];
            Blake3.Hash(data, expected);
            var table = Of(data);
            Assert.Equal(expected, table.Root());
            // Entries that are taken one by one are those of the one pass.
            for (int i = 0; i < table.Count; i++)
            {
                var (offset, bytes) = table.Place(i);
                ChunkTable.Digest(length, i, data.AsSpan((int)offset, bytes), expected);
                Assert.Equal(table.Digests.Span.Slice(i * 32, 32), expected);
            }
        }, iter: 30);

    [Fact]
    public void One_flipped_bit_changes_its_own_entry_and_no_other() =>
        Gen.Select(Gen.Int[1, 3 * MiB + 100], Gen.Int[0, int.MaxValue - 1], Gen.Int[0, 7]).Sample((length, at, bit) =>
        {
            byte[] data = Sample(length);
            var before = Of(data);
            int place = at % length;
            data[place] ^= (byte)(1 << bit);
            var after = Of(data);
            for (int i = 0; i < before.Count; i++)
            {
                bool same = before.Digests.Span.Slice(i * 32, 32).SequenceEqual(after.Digests.Span.Slice(i * 32, 32));
                Assert.Equal(i != place / MiB, same);
                var (offset, bytes) = before.Place(i);
                Assert.Equal(same, before.Matches(i, data.AsSpan((int)offset, bytes)));
            }

            Assert.NotEqual(before.Root(), after.Root());
        }, iter: 30);

    [Fact]
    public void A_chunk_that_is_cut_or_moved_does_not_match()
    {
        byte[] data = Sample(2 * MiB + 10);
        data.AsSpan(0, MiB).CopyTo(data.AsSpan(MiB));
        var table = Of(data);
        Assert.True(table.Matches(0, data.AsSpan(0, MiB)));
        Assert.False(table.Matches(0, data.AsSpan(0, MiB - 1)));
        Assert.False(table.Matches(2, data.AsSpan(2 * MiB, 9)));
        // Equal bytes at another place are another node of the tree.
        Assert.NotEqual(table.Digests[..32].ToArray(), table.Digests.Slice(32, 32).ToArray());
        Assert.Equal((2L * MiB, 10), table.Place(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Matches(3, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Place(-1));
    }

    [Fact]
    public void A_table_of_another_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ChunkTable(MiB + 1, new byte[32]));
        Assert.Throws<ArgumentException>(() => new ChunkTable(0, new byte[32]));
        Assert.Throws<ArgumentException>(() => new ChunkTable(1, new byte[33]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChunkTable(-1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChunkTable(long.MaxValue, []));
    }

    internal static byte[] Sample(int length)
    {
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }

    private static ChunkTable Of(byte[] data) => FileDigest.Of(new HeldBytes("model.gguf", data), DigestParts.Chunks).Chunks!;

    private static byte[] Plain(byte[] data)
    {
        byte[] digest = new byte[Blake3.DigestBytes];
        PlainBlake3.Hash(data, digest);
        return digest;
    }
}
