using Canary.Models.Gating;
using Canary.Models.Hashing;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Gating;

public sealed class ChunkVerdictsTests
{
    private const long Chunk = ChunkTable.ChunkBytes;
    private static readonly FileStamp Stamp = new(1, 2, 3, 4 * Chunk, 5, 6);

    [Theory]
    [InlineData(0, 1, 0, 0)]
    [InlineData(0, 4096, 0, 0)]
    [InlineData(0, Chunk, 0, 0)]
    [InlineData(0, Chunk + 1, 0, 1)]
    [InlineData(Chunk - 1, 2, 0, 1)]
    [InlineData(3 * Chunk, long.MaxValue, 3, 3)]
    [InlineData(0, long.MaxValue, 0, 3)]
    [InlineData((4 * Chunk) - 1, 1, 3, 3)]
    public void A_range_covers_the_chunks_that_it_has_bytes_in(long offset, long bytes, int first, int last)
    {
        Assert.True(Make().Covers(offset, bytes, out int from, out int to));
        Assert.Equal((first, last), (from, to));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(-1, 5)]
    [InlineData(4 * Chunk, 1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_range_of_nothing_covers_none(long offset, long bytes) => Assert.False(Make().Covers(offset, bytes, out _, out _));

    [Fact]
    public void A_file_that_changed_in_any_respect_has_no_verdicts()
    {
        FileStamp[] others =
        [
            Stamp with { Device = 9 }, Stamp with { Inode = 9 }, Stamp with { Generation = 9 }, Stamp with { Size = 9 }, Stamp with { ChangedNs = 9 }, Stamp with { ModifiedNs = 9 },
        ];
        foreach (var other in others)
        {
            var verdicts = Make();
            Assert.True(verdicts.Begin(Stamp));
            Assert.False(verdicts.Begin(Stamp));
            verdicts.Record(0, true, Stamp, verdicts.Era);
            verdicts.Record(1, false, Stamp, verdicts.Era);
            Assert.Equal((1, 1), (verdicts.Good, verdicts.Bad));
            Assert.True(verdicts.Begin(other));
            Assert.Equal((0, 0), (verdicts.Good, verdicts.Bad));
            Assert.Equal(ChunkState.Unknown, verdicts.Of(0, 1, out _));
        }
    }

    [Fact]
    public void What_was_read_of_the_file_before_it_changed_says_nothing()
    {
        var verdicts = Make();
        verdicts.Begin(Stamp);
        int from = 0;
        Assert.Equal(0, verdicts.Take(ref from, 3));
        verdicts.Begin(Stamp with { ChangedNs = 9 });
        Assert.False(verdicts.Record(0, true, Stamp, verdicts.Era));
        Assert.Equal(ChunkState.Unknown, verdicts[0]);
    }

    [Fact]
    public void What_was_read_before_the_file_changed_says_nothing_though_it_was_begun_anew_by_another_before_that_was_known()
    {
        var verdicts = Make();
        verdicts.Begin(Stamp);
        int from = 0, era = verdicts.Era;
        Assert.Equal(0, verdicts.Take(ref from, 3));
        var changed = Stamp with { ChangedNs = 9 };
        verdicts.Begin(changed);
        Assert.False(verdicts.Record(0, true, changed, era));
        Assert.Equal((ChunkState.Unknown, 0), (verdicts[0], verdicts.Good));
        Assert.True(verdicts.Record(0, true, changed, verdicts.Era));
    }

    [Fact]
    public void A_chunk_that_could_not_be_read_may_be_taken_again_and_what_is_known_of_it_and_others_stays()
    {
        var verdicts = Make();
        verdicts.Begin(Stamp);
        int from = 0;
        Assert.Equal(0, verdicts.Take(ref from, 3));
        Assert.Equal(1, verdicts.Take(ref from, 3));
        Assert.True(verdicts.Record(0, true, Stamp, verdicts.Era));
        verdicts.Release(0);
        verdicts.Release(1);
        Assert.Equal((ChunkState.Good, ChunkState.Unknown), (verdicts[0], verdicts[1]));
        Assert.Equal((1, 2, -1), (verdicts.Next(0), verdicts.Next(2), verdicts.Next(4)));
        from = 0;
        Assert.Equal(1, verdicts.Take(ref from, 3));
        Assert.Equal(2, verdicts.Next(0));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Of_two_who_read_a_chunk_the_one_counts_that_found_it_bad(bool first, bool second)
    {
        var verdicts = Make();
        verdicts.Begin(Stamp);
        Assert.True(verdicts.Record(1, first, Stamp, verdicts.Era));
        Assert.True(verdicts.Record(1, second, Stamp, verdicts.Era));
        Assert.Equal((ChunkState.Bad, 0, 1), (verdicts[1], verdicts.Good, verdicts.Bad));
    }

    [Fact]
    public void A_seal_of_ones_own_keeps_the_verdicts()
    {
        var verdicts = Make();
        verdicts.Begin(Stamp);
        for (int i = 0; i < 4; i++)
            verdicts.Record(i, true, Stamp, verdicts.Era);
        verdicts.Restamp(Stamp with { ChangedNs = 9 });
        Assert.True(verdicts.IsComplete);
        Assert.False(verdicts.Begin(Stamp with { ChangedNs = 9 }));
    }

    [Fact]
    public void Of_a_range_the_bad_chunk_counts_before_the_unknown()
    {
        var verdicts = Make();
        verdicts.Begin(Stamp);
        verdicts.Record(2, false, Stamp, verdicts.Era);
        Assert.Equal(ChunkState.Bad, verdicts.Of(0, 3, out int at));
        Assert.Equal(2, at);
        Assert.Equal(ChunkState.Unknown, verdicts.Of(0, 1, out at));
        Assert.Equal(0, at);
    }

    [Fact]
    public void Every_chunk_is_given_out_once()
    {
        Gen.Select(Gen.Int[1, 64], Gen.Int[0, 63].Array[0, 20]).Sample((count, asks) =>
        {
            var verdicts = new ChunkVerdicts(new ChunkTable(count * Chunk, new byte[count * 32]));
            verdicts.Begin(Stamp);
            var taken = new List<int>();
            foreach (int ask in asks.Append(0))
            {
                int from = Math.Min(ask, count - 1);
                while (verdicts.Take(ref from, count - 1) is >= 0 and int chunk)
                    taken.Add(chunk);
            }

            return taken.Order().SequenceEqual(Enumerable.Range(0, count));
        });
    }

    private static ChunkVerdicts Make() => new(new ChunkTable(4 * Chunk, new byte[4 * 32]));
}
