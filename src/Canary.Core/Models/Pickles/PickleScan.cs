namespace Canary.Models.Pickles;

/// <summary>Reads all the pickles of a file, one after the other: a loader may load as many as it likes.</summary>
internal static class PickleScan
{
    private const int MostStreams = 100_000;
    private const int MostTrialOpcodes = 10_000;
    private const int MostTrialStreams = 8;
    private const int MostTrialLine = 1024 * 1024;

    /// <summary>So many instructions in a row are no chance, after PROTO.</summary>
    private const int TellingOpcodes = 16;

    /// <summary>Inspects from an offset to the end.</summary>
    /// <returns>The word for the format.</returns>
    public static string Run(ModelBytes bytes, long start, ModelFacts facts, ModelInspection inspection)
    {
        var findings = new PickleFindings(facts, inspection);
        var reader = new PickleReader(bytes, start);
        var options = new PickleMachineOptions(true, PickleMachine.MostOpcodes, inspection.Cancel);
        if (start >= bytes.Length)
            findings.Report("pickle-truncated", ModelVerdict.Deny, start, "the file ends where a pickle should begin");
        LegacyTorch? torch = null;
        for (int stream = 0; reader.Position < bytes.Length; stream++)
        {
            if (stream == MostStreams)
            {
                findings.Report("pickle-limit", ModelVerdict.Unknown, reader.Position,
                    $"more than {MostStreams:N0} pickles lie one after the other; the rest is not read");
                break;
            }

            var notes = new PickleNotes(findings);
            if (stream == 0)
                notes.Open();
            var machine = new PickleMachine(reader, notes, new PickleState(), options) { Texts = torch?.Keys(stream), Storages = torch?.Storages(stream) };
            if (!Stream(machine, notes, reader, facts, out var result))
                break;
            if (stream == 0 && result == PlainValue.TorchMagic)
                torch = new LegacyTorch(reader, findings);
            if (torch is not null && stream == LegacyTorch.LastStream)
            {
                torch.Finish();
                break;
            }
        }

        if (torch is { IsFinished: false })
            findings.Report("torch-legacy-truncated", ModelVerdict.Deny, reader.Position, "the file of PyTorch ends before its storages");
        return torch is not null ? "torch-legacy" : findings.HasJoblibArrays ? "joblib" : "pickle";
    }

    /// <summary>Whether a file without a mark is a pickle: it runs to its end, or does something before it breaks.</summary>
    public static bool Looks(ModelBytes bytes)
    {
        var head = bytes.Head;
        if (head.Length < 2 || PickleOpcode.Of(head[0]).Name is null)
            return false;
        bool marked = head[0] == Op.Proto && head[1] <= 5;
        var trial = new PickleTrial();
        var reader = new PickleReader(bytes, 0, MostTrialLine);
        for (int stream = 0; stream < MostTrialStreams && reader.Position < bytes.Length; stream++)
        {
            var machine = new PickleMachine(reader, trial, new PickleState(), new PickleMachineOptions(true, MostTrialOpcodes, CancellationToken.None));
            try
            {
                machine.Run();
                if (marked)
                    return true;
            }
            catch (BrokenPickle e)
            {
                return e.Code == "pickle-limit" || trial.Imports.Any(i => i.How != "GLOBAL")
                    || (marked && (trial.Imports.Count > 0 || trial.Denied || machine.Opcodes >= TellingOpcodes));
            }
        }

        return true;
    }

    private static bool Stream(PickleMachine machine, PickleNotes notes, PickleReader reader, ModelFacts facts, out PickleValue? result)
    {
        long start = reader.Position;
        result = null;
        try
        {
            result = machine.Run();
            notes.Open();
            facts.WeightsOnly(machine.Restricted.Loads);
            return true;
        }
        catch (BrokenPickle e)
        {
            if (notes.IsOpen || notes.HasImports)
            {
                facts.WeightsOnly(false);
                notes.Open();
            }

            if (notes.IsOpen)
                notes.Report(e.Code, ModelVerdict.Deny, e.Offset, $"{e.Message}; what stood before it has run by then");
            else
                notes.Tell("pickle-trailing-bytes", ModelVerdict.Unknown, start, "bytes follow the pickle that are none");
            return false;
        }
    }
}
