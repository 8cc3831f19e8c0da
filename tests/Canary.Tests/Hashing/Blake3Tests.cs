using System.Text.Json;
using Canary.Hashing;
using Canary.Tests.Support;
using CsCheck;
using Xunit;

namespace Canary.Tests.Hashing;

public sealed class Blake3Tests
{
    private const int MiB = 1 << 20;

    /// <summary>Every path that this processor has; the others cannot be run here.</summary>
    internal static LaneWidth[] Widths { get; } =
        [.. new[] { LaneWidth.One, LaneWidth.Four, LaneWidth.Eight, LaneWidth.Sixteen }.Where(w => w <= Blake3Tree.Widest)];

    public static TheoryData<int> Lengths()
    {
        var lengths = new SortedSet<int>();
        int[] borders =
        [
            0, 64, 128, 1024, 2048, 3 * 1024, 4 * 1024, 5 * 1024, 7 * 1024, 8 * 1024, 9 * 1024,
            12 * 1024, 15 * 1024, 16 * 1024, 17 * 1024, 24 * 1024, 31 * 1024, 32 * 1024, 33 * 1024,
        ];
        foreach (int border in borders)
        {
            for (int length = border - 2; length <= border + 2; length++)
                lengths.Add(Math.Max(0, length));
        }

        // Where one part becomes two; the plain one is slow.
        lengths.UnionWith([MiB - 1, MiB, MiB + 1, MiB + 16 * 1024, 2 * MiB + 1, 3 * MiB]);
        return [.. lengths];
    }

    [Fact]
    public void The_official_vectors_hold_on_every_path()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Checkout.At("tests/data/blake3/test-vectors.json")));
        int seen = 0;
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            byte[] data = Ramp(vector.GetProperty("input_len").GetInt32());
            string expected = vector.GetProperty("hash").GetString()![..64];
            Assert.All(Widths, w => Assert.Equal(expected, Hex(data, w)));
            byte[] digest = new byte[Blake3.DigestBytes];
            Blake3.Hash(data, digest);
            Assert.Equal(expected, Convert.ToHexStringLower(digest));
            seen++;
        }

        Assert.Equal(35, seen);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_path_agrees_with_the_specification_at_every_border(int length)
    {
        byte[] data = Random(length), expected = new byte[Blake3.DigestBytes];
        PlainBlake3.Hash(data, expected);
        Assert.All(Widths, w => Assert.Equal(Convert.ToHexStringLower(expected), Hex(data, w)));
    }

    [Fact]
    public void Every_path_agrees_at_any_length() =>
        Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 63]).Sample((length, shift) =>
        {
            // Of any alignment.
            var data = Random(length + shift).AsSpan(shift);
            byte[] expected = new byte[Blake3.DigestBytes], digest = new byte[Blake3.DigestBytes];
            PlainBlake3.Hash(data, expected);
            foreach (var width in Widths)
            {
                Blake3.Hash(data, digest, width);
                Assert.Equal(expected, digest);
            }
        }, iter: 200);

    [Theory]
    [InlineData(1024)]
    [InlineData(8 * 1024)]
    [InlineData(256 * 1024)]
    [InlineData(2 * MiB)]
    public void The_root_of_subtrees_of_any_size_is_the_digest_of_the_whole(int subtree)
    {
        byte[] data = Random(5 * MiB + 12_345), expected = new byte[Blake3.DigestBytes], root = new byte[Blake3.DigestBytes];
        Blake3.Hash(data, expected);
        foreach (var width in Widths)
        {
            byte[] values = new byte[(data.Length + subtree - 1) / subtree * Blake3.DigestBytes];
            for (int i = 0; i * subtree < data.Length; i++)
            {
                var part = data.AsSpan(i * subtree, Math.Min(subtree, data.Length - i * subtree));
                Blake3.Subtree(part, (ulong)i * (ulong)subtree / 1024, values.AsSpan(i * Blake3.DigestBytes), width);
            }

            Blake3.Root(values, subtree, data.Length, root);
            Assert.Equal(expected, root);
        }
    }

    [Theory]
    [InlineData(0x0000_0000_FFFF_FFF0)]
    [InlineData(0x0000_0001_0000_0000)]
    [InlineData(0x0000_0000_FFFF_FFE0)]
    [InlineData(0x7FFF_FFFF_FFFF_FFE0)]
    public void Chunks_far_into_a_file_count_beyond_32_bits_on_every_path(ulong first)
    {
        byte[] data = Random(32 * 1024), expected = new byte[Blake3.DigestBytes], value = new byte[Blake3.DigestBytes];
        PlainBlake3.Subtree(data, first, expected);
        foreach (var width in Widths)
        {
            Blake3.Subtree(data, first, value, width);
            Assert.Equal(expected, value);
        }
    }

    [Fact]
    public void A_root_of_too_few_or_too_many_values_is_refused()
    {
        byte[] digest = new byte[Blake3.DigestBytes];
        Assert.Throws<ArgumentException>(() => Blake3.Root(new byte[3 * 32], MiB, 2 * MiB, digest));
        Assert.Throws<ArgumentException>(() => Blake3.Root(new byte[2 * 32 + 1], MiB, 2 * MiB, digest));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3.Root(new byte[32], MiB, MiB, digest));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blake3.Root(new byte[64], 3000, 6000, digest));
    }

    /// <summary>As the vectors have it.</summary>
    private static byte[] Ramp(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];

    private static byte[] Random(int length)
    {
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }

    private static string Hex(ReadOnlySpan<byte> data, LaneWidth width)
    {
        byte[] digest = new byte[Blake3.DigestBytes];
        Blake3.Hash(data, digest, width);
        return Convert.ToHexStringLower(digest);
    }
}
