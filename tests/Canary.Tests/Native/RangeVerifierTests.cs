using Canary.Models.Hashing;
using Canary.Models.Locking;
using Canary.Native;
using CsCheck;
using Xunit;

namespace Canary.Tests.Native;

/// <summary>What a streaming loader hands in is compared by chunks, however it cuts the file.</summary>
public sealed class RangeVerifierTests
{
    private const int Mib = ChunkTable.ChunkBytes;
    private const int Length = 3 * Mib + 12_345;

    private static readonly byte[] Model = Locks.Bytes(Length);
    private static readonly LockedFile Locked = Locks.Of(Model, "model.gguf", new LockedTensor("first", "F32", 100, Mib, new string('0', 64)), new LockedTensor("second", "F32", 2 * Mib, Mib, new string('0', 64)));

    private readonly RangeVerifier _verifier = new(Locked);

    [Fact]
    public void The_whole_file_at_once_is_verified() => Assert.Equal(VerifyOutcome.Verified, Hand(Model, 0, Length));

    [Fact]
    public void A_flipped_byte_is_told_with_its_place_and_tensor()
    {
        var outcome = _verifier.Verify(0, Flipped(2 * Mib + 7), out string words);

        Assert.Equal(VerifyOutcome.Differs, outcome);
        Assert.Equal($"bytes {2 * Mib} to {3 * Mib} of model.gguf differ from the lock: second", words);
    }

    [Fact]
    public void A_part_of_a_chunk_waits_for_the_rest()
    {
        Assert.Equal(VerifyOutcome.Incomplete, Hand(Model, 0, Mib + 10));
        Assert.Equal(10, _verifier.Pending);
        Assert.Equal(VerifyOutcome.Verified, Hand(Model, Mib + 10, 2 * Mib - 10));
        Assert.Equal(0, _verifier.Pending);
    }

    [Fact]
    public void The_call_that_completes_a_chunk_answers_for_all_of_it()
    {
        byte[] flipped = Flipped(5);
        Assert.Equal(VerifyOutcome.Incomplete, Hand(flipped, 0, 100));
        Assert.Equal(VerifyOutcome.Differs, Hand(flipped, 100, Mib));
        // The medium erred: read again, it is whole.
        Assert.Equal(VerifyOutcome.Verified, Hand(Model, 0, Mib));
    }

    [Fact]
    public void Bytes_that_contradict_those_before_differ_though_the_later_are_the_right_ones()
    {
        Assert.Equal(VerifyOutcome.Incomplete, Hand(Flipped(5), 0, 100));
        Assert.Equal(VerifyOutcome.Differs, Hand(Model, 0, 200));
        Assert.Equal(VerifyOutcome.Differs, Hand(Model, 0, Mib));
    }

    [Theory]
    [InlineData(Length, 1)]
    [InlineData(0, Length + 1)]
    [InlineData(-1, 1)]
    [InlineData(long.MaxValue, 2)]
    public void A_range_that_is_not_all_in_the_file_is_not_covered(long offset, int length) =>
        Assert.Equal(VerifyOutcome.NotCovered, _verifier.Verify(offset, new byte[length], out _));

    [Fact]
    public void An_offset_near_the_end_of_all_numbers_overflows_nothing()
    {
        Assert.False(_verifier.Covers(ulong.MaxValue, ulong.MaxValue));
        Assert.False(_verifier.Covers(1, ulong.MaxValue));
        Assert.True(_verifier.Covers(Length, 0));
    }

    [Theory]
    [InlineData(0, 1, 0, Mib)]
    [InlineData(Mib - 1, 2, 0, 2 * Mib)]
    [InlineData(Mib, Mib, Mib, Mib)]
    [InlineData(3 * Mib + 5, 1, 3 * Mib, 12_345)]
    [InlineData(77, 0, 77, 0)]
    public void The_aligned_range_is_of_whole_chunks(long offset, long length, long start, long aligned) =>
        Assert.Equal((start, aligned), _verifier.Aligned(offset, length));

    [Fact]
    public void More_begun_chunks_than_are_held_are_refused_and_the_held_ones_go_on()
    {
        byte[] large = new byte[(RangeVerifier.MostBegun + 1) * Mib];
        var verifier = new RangeVerifier(Locks.Of(large));
        for (int i = 0; i < RangeVerifier.MostBegun; i++)
            Assert.Equal(VerifyOutcome.Incomplete, verifier.Verify((long)i * Mib, large.AsSpan(0, 1), out _));
        Assert.Equal(VerifyOutcome.TooMany, verifier.Verify((long)RangeVerifier.MostBegun * Mib, large.AsSpan(0, 1), out string words));
        Assert.Contains("64 chunks", words, StringComparison.Ordinal);
        Assert.Equal(VerifyOutcome.Verified, verifier.Verify(1, large.AsSpan(1, Mib - 1), out _));
    }

    [Fact]
    public void However_a_good_file_is_cut_all_of_it_is_verified_in_the_end() => Cuts.Sample(order =>
    {
        var verifier = new RangeVerifier(Locked);
        foreach (var (start, end) in order)
        {
            if (verifier.Verify(start, Model.AsSpan(start..end), out _) is not (VerifyOutcome.Verified or VerifyOutcome.Incomplete))
                return false;
        }

        return verifier.Pending == 0;
    }, iter: 60);

    [Fact]
    public void However_a_tampered_file_is_cut_the_flipped_byte_is_told_and_never_called_verified() => Gen.Select(Cuts, Gen.Int[0, Length - 1]).Sample((order, at) =>
    {
        var verifier = new RangeVerifier(Locked);
        byte[] flipped = Flipped(at);
        bool told = false;
        foreach (var (start, end) in order)
        {
            var outcome = verifier.Verify(start, flipped.AsSpan(start..end), out _);
            told |= outcome == VerifyOutcome.Differs;
            if (start <= at && at < end && outcome == VerifyOutcome.Verified)
                return false;
        }

        return told;
    }, iter: 60);

    [Fact]
    public void Many_threads_hand_in_parts_of_one_chunk_and_it_is_verified_once()
    {
        const int Parts = 64;
        int verified = 0;
        Parallel.For(0, Parts, i =>
        {
            if (_verifier.Verify(i * (Mib / Parts), Model.AsSpan(i * (Mib / Parts), Mib / Parts), out _) == VerifyOutcome.Verified)
                Interlocked.Increment(ref verified);
        });
        Assert.Equal(1, verified);
        Assert.Equal(0, _verifier.Pending);
    }

    // The file in pieces, in any order.
    private static readonly Gen<(int Start, int End)[]> Cuts = Gen.Int[1, Length - 1].HashSet[0, 12].SelectMany(points =>
    {
        int[] ends = [0, .. points.Order(), Length];
        return Gen.Shuffle(ends.Zip(ends.Skip(1), (a, b) => (a, b)).ToArray());
    });

    private VerifyOutcome Hand(byte[] model, int offset, int length) => _verifier.Verify(offset, model.AsSpan(offset, length), out _);

    private static byte[] Flipped(int at)
    {
        byte[] flipped = [.. Model];
        flipped[at] ^= 1;
        return flipped;
    }
}
