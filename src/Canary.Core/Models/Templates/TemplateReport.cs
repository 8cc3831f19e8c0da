namespace Canary.Models.Templates;

/// <summary>Reports what is found in one template, by line, and no kind more often than is read.</summary>
internal sealed class TemplateReport(string name, string source, ModelFacts facts, ModelInspection inspection)
{
    private const int MostOfAKind = 5;

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<(string, int)> _seen = [];

    public string Source => source;

    /// <param name="at">In characters of the template.</param>
    public void Add(string code, ModelVerdict verdict, int at, string why)
    {
        // What is worse than all before is told however many there were.
        bool worse = verdict > facts.Verdict;
        if (!worse && _counts.GetValueOrDefault(code) >= MostOfAKind)
            return;
        int line = source.AsSpan(0, Math.Clamp(at, 0, source.Length)).Count('\n') + 1;
        if (!_seen.Add((code, line)) && !worse)
            return;
        _counts[code] = _counts.GetValueOrDefault(code) + 1;
        facts.Report(code, verdict, inspection.At($"{name} line {line}"), why);
    }
}
