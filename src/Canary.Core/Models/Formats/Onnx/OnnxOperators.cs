using System.Collections.Frozen;

namespace Canary.Models.Formats.Onnx;

/// <summary>Which operators a model uses that its runtime does not bring: they need a library of native code, which somebody must load.</summary>
internal sealed class OnnxOperators(ModelFacts facts, ModelInspection inspection)
{
    private const int MostOperators = 1000;

    // Those of the standard, and those that ONNX Runtime registers itself. com.microsoft.extensions is a library of its own.
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
    [
        "", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training",
        "com.microsoft", "com.microsoft.nchwc", "com.microsoft.experimental", "com.microsoft.dml", "com.ms.internal.nhwc",
    ], StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (ModelVerdict Verdict, string Why)> Special = new Dictionary<string, (ModelVerdict, string)>
    {
        ["com.microsoft::PythonOp"] = (ModelVerdict.Deny, "runs Python that the model names"),
        ["com.microsoft::PythonOpGrad"] = (ModelVerdict.Deny, "runs Python that the model names"),
        ["com.microsoft::ATen"] = (ModelVerdict.Unknown, "runs any operator of PyTorch that the model names"),
        ["com.microsoft::EPContext"] = (ModelVerdict.Unknown, "holds or names a program for an accelerator, which is not read"),
    }.ToFrozenDictionary();

    private readonly HashSet<(string Domain, string Name)> _used = [];
    private readonly HashSet<(string Domain, string Name)> _defined = [];
    private readonly HashSet<string> _imported = [];
    private bool _tooMany;

    public void Use(string domain, string name)
    {
        if (Known.Contains(domain) && !Special.ContainsKey($"{domain}::{name}"))
            return;
        if (_used.Count < MostOperators)
            _used.Add((domain, name));
        else
            _tooMany |= !_used.Contains((domain, name));
    }

    public void Define(string domain, string name)
    {
        if (Known.Contains(domain) && domain is "" or "ai.onnx")
            facts.Report("onnx-function-shadows", ModelVerdict.Unknown, inspection.At($"function {name}"),
                "the model puts a function of its own in the place of a standard operator");
        if (_defined.Count < MostOperators)
            _defined.Add((domain, name));
    }

    public void Import(string domain)
    {
        if (!Known.Contains(domain) && _imported.Count < MostOperators)
            _imported.Add(domain);
    }

    /// <summary>To be called when the whole model has been read: functions may follow their uses.</summary>
    public void Report()
    {
        foreach (var (domain, name) in _used.Where(u => !_defined.Contains(u)).Order())
        {
            string full = $"{domain}::{name}";
            facts.Operator(full);
            var (verdict, why) = Special.GetValueOrDefault(full, (ModelVerdict.Unknown,
                "is not one of the runtime's own: a library of native code must be loaded for it"));
            facts.Report("onnx-custom-operator", verdict, inspection.At($"operator {full}"), $"the operator {why}");
        }

        foreach (string domain in _imported.Except(_defined.Concat(_used).Select(o => o.Domain)).Order(StringComparer.Ordinal))
        {
            facts.Operator($"{domain}::*");
            // Exporters of PyTorch ask for org.pytorch.aten whether they use it or not; only a node can call anything.
            facts.Report("onnx-custom-domain", ModelVerdict.Allow, inspection.At($"domain {domain}"),
                "the model asks for operators that are not the runtime's own, and uses none");
        }

        if (_tooMany)
            facts.Report("onnx-custom-operator", ModelVerdict.Unknown, inspection.At("operators"),
                $"more than {MostOperators} operators are not the runtime's own");
    }
}
