using System.Text.RegularExpressions;

namespace Canary.Models.Pickles;

/// <summary>Notes what bytes would do that may be no pickle at all. Only what could be imported counts: chance makes no names.</summary>
internal sealed partial class PickleTrial : IPickleSink
{
    private const int MostKept = 100;

    private readonly List<(ImportedValue, string, long)> _imports = [];

    public IReadOnlyList<(ImportedValue Imported, string How, long Offset)> Imports => _imports;

    /// <summary>Something was found that would deny a pickle.</summary>
    public bool Denied { get; private set; }

    public void Import(ImportedValue imported, string how, bool old, long offset)
    {
        if (_imports.Count < MostKept && IsName(imported.Module) && IsName(imported.Name))
            _imports.Add((imported, how, offset));
    }

    public void Report(string code, ModelVerdict verdict, long offset, string why) => Denied |= verdict == ModelVerdict.Deny;

    private static bool IsName(string text) => Dotted().IsMatch(text);

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Dotted();
}
