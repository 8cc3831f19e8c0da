using Canary.Text;

namespace Canary.Models.Pickles;

/// <summary>Judges what the machine tells, and puts it among the facts of the file: each import once for each way it is used.</summary>
internal sealed class PickleFindings(ModelFacts facts, ModelInspection inspection) : IPickleSink
{
    /// <summary>Of one code in one file; a stream can hold the same fault a million times.</summary>
    private const int MostOfACode = 20;

    private readonly Dictionary<(string, string, string), ModelVerdict> _imports = [];
    private readonly Dictionary<string, int> _codes = [];

    /// <summary>Something is called, or at least named.</summary>
    public bool HasImports => _imports.Count > 0;

    public bool HasJoblibArrays { get; private set; }

    public void Import(ImportedValue imported, string how, bool old, long offset)
    {
        HasJoblibArrays |= JoblibArrays.IsWrapper(imported);
        if (_imports.ContainsKey((imported.Module, imported.Name, how)))
            return;
        var verdict = inspection.Imports.Judge(imported.Module, imported.Name, how, old);
        if (_imports.Count < ModelFacts.MostEntries)
            _imports.Add((imported.Module, imported.Name, how), verdict);
        facts.Import(new ModelImport(imported.Module, imported.Name, how, verdict, inspection.At(offset)));
        if (inspection.Imports.IsScanner(imported.Module))
        {
            Report("pickle-imports-scanner", ModelVerdict.Deny, offset,
                $"it imports {Printable.Line(imported.Module, 80)}, which searches pickles: it means to meddle with its own inspection");
        }
    }

    public void Report(string code, ModelVerdict verdict, long offset, string why)
    {
        int said = _codes[code] = _codes.GetValueOrDefault(code) + 1;
        if (said <= MostOfACode)
            facts.Report(code, verdict, inspection.At(offset), why);
    }
}
