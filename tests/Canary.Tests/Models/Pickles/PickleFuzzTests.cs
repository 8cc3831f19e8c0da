using System.Diagnostics;
using Canary.Models;
using Canary.Models.Formats;
using Canary.Models.Pickles;
using CsCheck;
using Xunit;

namespace Canary.Tests.Models.Pickles;

public sealed class PickleFuzzTests
{
    private static readonly string[] Paths =
    [
        .. PickleCorpus.Cases.Where(c => c.Key != "opcodes.tsv" && c.Value.Length < 64 * 1024).Select(c => c.Key).Order(StringComparer.Ordinal),
    ];

    private static readonly byte[] Opcodes = [.. PickleOpcode.All.Select(o => o.Code)];

    private static readonly Gen<byte[]> Mutated =
        from path in Gen.Int[0, Paths.Length - 1].Select(i => Paths[i])
        from edits in Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[0, 4]).Array[1, 8]
        select Mutate(PickleCorpus.Cases[path], edits);

    [Fact]
    public void A_mutated_pickle_never_throws_and_ends_soon() => Mutated.Sample(bytes =>
    {
        var watch = Stopwatch.StartNew();
        Inspect(bytes);
        return watch.Elapsed < TimeSpan.FromSeconds(5);
    }, iter: 20_000, threads: 2);

    [Fact]
    public void Random_bytes_never_throw() => Gen.Byte.Array[0, 300].Sample(bytes => { Inspect(bytes); }, iter: 20_000, threads: 2);

    [Fact]
    public void Random_instructions_never_throw() =>
        Gen.Int[0, Opcodes.Length - 1].Select(i => Opcodes[i]).Array[1, 200].Sample(
            bytes => { Inspect([0x80, 4, .. bytes]); }, iter: 20_000, threads: 2);

    [Fact]
    public void Where_a_call_has_been_seen_no_byte_after_it_takes_that_back() =>
        Gen.Byte.Array[0, 100].Sample(tail =>
        {
            byte[] bytes = [0x80, 2, .. "cos\nsystem\nX\x04\0\0\0word"u8, 0x85, (byte)'R', .. tail];
            return PickleCorpus.InspectBytes("m", bytes).Verdict == ModelVerdict.Deny;
        }, iter: 5_000, threads: 2);

    [Fact]
    public void Memory_stays_bounded_where_the_file_is_larger_than_it()
    {
        // 40 GB of a joblib array in the middle of a pickle, that nobody holds.
        byte[] sample = PickleCorpus.Cases["benign/joblib/u1.joblib"];
        Assert.Equal(ModelVerdict.Allow, PickleCorpus.InspectBytes("m.joblib", sample).Verdict);
        const long Length = 40_000_000_000;
        byte[] head = [0x80, 4, 0x8e, .. BitConverter.GetBytes(Length)];
        var bytes = new SparseBytes(head, Length, (byte)'.');
        var facts = new ModelFacts();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var inspection = new ModelInspection(PickleCorpus.Policy, _ => null, CancellationToken.None);
        Assert.IsType<PickleFormat>(ModelFormats.Of(bytes)).Inspect(bytes, facts, inspection);
        Assert.Equal(ModelVerdict.Allow, facts.Verdict);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * 1024 * 1024);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_file_of_one_endless_line_is_not_read_to_its_end()
    {
        var bytes = new SparseBytes("V"u8.ToArray(), 40_000_000_000, (byte)'.');
        Assert.Null(ModelFormats.Of(bytes));
    }

    [Fact]
    public void A_cancelled_inspection_ends()
    {
        byte[] bytes = new byte[1_000_000];
        Array.Fill(bytes, (byte)'2');
        bytes[0] = (byte)'N';
        Array.Fill(bytes, (byte)'0', 500_000, 499_999);
        Assert.Throws<OperationCanceledException>(() => ModelFormats.Inspect(new HeldBytes("m.pkl", bytes),
            new ModelInspection(PickleCorpus.Policy, _ => null, new CancellationToken(canceled: true))));
    }

    private static void Inspect(byte[] bytes) =>
        ModelFormats.Inspect(new HeldBytes("m.pkl", bytes), new ModelInspection(PickleCorpus.Policy, _ => null, CancellationToken.None));

    private static byte[] Mutate(byte[] bytes, (int At, byte Value, int Kind)[] edits)
    {
        var list = bytes.ToList();
        foreach (var (at, value, kind) in edits)
        {
            int index = list.Count == 0 ? 0 : at % list.Count;
            if (kind == 0 && list.Count > 0)
                list[index] = value;
            else if (kind == 1)
                list.Insert(index, value);
            else if (kind == 2 && list.Count > 1)
                list.RemoveAt(index);
            else if (kind == 3)
                list.RemoveRange(index, list.Count - index);
            else
                list.InsertRange(index, list.Take(Math.Min(list.Count, value)).ToArray());
        }

        return [.. list];
    }

    /// <summary>A head, zeros, and one last byte.</summary>
    private sealed class SparseBytes(byte[] head, long zeros, byte last) : ModelBytes
    {
        public override string Name => "sparse";

        public override long Length => head.Length + zeros + 1;

        public override int ReadAt(long offset, Span<byte> buffer)
        {
            int count = (int)Math.Clamp(Length - offset, 0, buffer.Length);
            for (int i = 0; i < count; i++)
                buffer[i] = offset + i < head.Length ? head[offset + i] : offset + i == Length - 1 ? last : (byte)0;
            return count;
        }
    }
}
