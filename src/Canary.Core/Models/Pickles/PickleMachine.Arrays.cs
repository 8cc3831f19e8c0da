namespace Canary.Models.Pickles;

/// <summary>
/// Arrays that lie between the instructions. joblib's loader steps over their bytes, pickle's own would run them: both ways are gone, or a
/// pickle could hide in an array from whoever knows only one of them.
/// </summary>
internal sealed partial class PickleMachine
{
    /// <summary>Of the way that takes an array for instructions: it breaks off within a few, unless it is meant to be gone.</summary>
    private const int MostTrialOpcodes = 10_000;

    private bool _arrays;

    private void Describe(GrowingValue dictionary, ReadOnlySpan<PickleValue> values)
    {
        for (int i = 0; i + 1 < values.Length; i += 2)
        {
            if (values[i] is not TextValue { Length: <= 32 } text)
                continue;
            switch (PickleText.Read(reader, text))
            {
                case "shape":
                    (dictionary.Array ??= new ArrayState()).Shape = values[i + 1] as TupleValue;
                    break;
                case "dtype":
                    (dictionary.Array ??= new ArrayState()).Element = (values[i + 1] as MadeValue)?.Element;
                    break;
                case "numpy_array_alignment_bytes":
                    (dictionary.Array ??= new ArrayState()).Aligned = values[i + 1] != PlainValue.None;
                    break;
            }
        }
    }

    private void SkipArray(PickleValue description, in PickleStep step)
    {
        var array = (description as GrowingValue)?.Array;
        if (JoblibArrays.Bytes(array) is not { } bytes)
            throw new BrokenPickle("joblib-array", "an array follows whose length is not known", step.Offset);
        if (_frameEnd > reader.Position)
            Report("pickle-frame-crossed", ModelVerdict.Deny, step.Offset, "an array begins within a frame");
        long start = reader.Position;
        Trial(start);
        reader.Position = start;
        if (array!.Element!.HasObjects)
        {
            Nested();
            return;
        }

        if (array.Aligned)
            bytes += 1 + (reader.Read(start, 1) is [var padding] ? padding : 0);
        if (bytes > reader.Length - start)
            throw new BrokenPickle("joblib-array", "an array is longer than the file", step.Offset);
        reader.Position = start + bytes;
    }

    private void Nested()
    {
        var machine = new PickleMachine(reader, sink, new PickleState(), options with { Arrays = false });
        try
        {
            machine.Run();
        }
        finally
        {
            Restricted.Joins(machine.Restricted);
        }
    }

    private void Trial(long start)
    {
        var trial = new PickleTrial();
        reader.Position = start;
        try
        {
            new PickleMachine(reader, trial, state.Fork(), options with { Arrays = false, MostOpcodes = MostTrialOpcodes }) { _protocol = _protocol }.Run();
        }
        catch (BrokenPickle)
        {
            // That is what numbers are.
        }

        foreach (var (imported, how, at) in trial.Imports)
            sink.Import(imported, how, _protocol < 3, at);
    }
}
