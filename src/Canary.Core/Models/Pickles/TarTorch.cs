using System.Buffers.Binary;

namespace Canary.Models.Pickles;

/// <summary>
/// The members <c>storages</c> and <c>tensors</c> of PyTorch's tar: a count, then as many times a pickle and raw numbers.
/// The source is <c>torch/serialization.py</c>, <c>legacy_load</c>.
/// </summary>
internal static class TarTorch
{
    private const int MostDimensions = 64;

    /// <returns>False where the member is none of these: it does not begin with a count.</returns>
    public static bool Inspect(ModelBytes member, ModelFacts facts, ModelInspection inspection)
    {
        var findings = new PickleFindings(facts, inspection);
        var reader = new PickleReader(member, 0);
        var notes = new PickleNotes(findings);
        try
        {
            if (Machine().Run() is not NumberValue { Number: >= 0 and var count })
                return false;
            notes.Open();
            for (long i = 0; i < count; i++)
            {
                var machine = Machine();
                var result = machine.Run();
                facts.WeightsOnly(machine.Restricted.Loads);
                reader.Position = member.Name == "storages" ? AfterStorage(reader, result) : AfterTensor(reader);
            }

            if (reader.Position < reader.Length)
                findings.Report("pickle-trailing-bytes", ModelVerdict.Unknown, reader.Position, "bytes follow the last entry");
        }
        catch (BrokenPickle e)
        {
            if (!notes.IsOpen)
                return false;
            facts.WeightsOnly(false);
            findings.Report(e.Code, ModelVerdict.Deny, e.Offset, $"{e.Message}; what stood before it has run by then");
        }

        return true;

        PickleMachine Machine() =>
            new(reader, notes, new PickleState(), new PickleMachineOptions(false, PickleMachine.MostOpcodes, inspection.Cancel));
    }

    private static long AfterStorage(PickleReader reader, PickleValue result)
    {
        int size = result is TupleValue { Values: [_, _, ImportedValue type, ..] } ? LegacyTorch.ElementSize(type.Name) : 0;
        byte[] count = reader.Read(reader.Position, 8);
        if (size == 0 || count.Length < 8 || BinaryPrimitives.ReadInt64LittleEndian(count) is not (>= 0 and var numbers)
            || numbers > (reader.Length - reader.Position - 8) / size)
            throw new BrokenPickle("torch-legacy-storage", "a storage is longer than the file, or of a kind that is not known", reader.Position);
        return reader.Position + 8 + (numbers * size);
    }

    private static long AfterTensor(PickleReader reader)
    {
        byte[] dimensions = reader.Read(reader.Position, 8);
        if (dimensions.Length < 8 || BinaryPrimitives.ReadInt32LittleEndian(dimensions) is not (>= 0 and <= MostDimensions and var count))
            throw new BrokenPickle("torch-legacy-storage", "a tensor has no shape", reader.Position);
        return reader.Position + 8 + (16 * count) + 8;
    }
}
