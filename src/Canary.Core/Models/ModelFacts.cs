namespace Canary.Models;

/// <summary>What one file says of itself, the members of an archive included. Collected while it is read, and bounded.</summary>
public sealed class ModelFacts
{
    /// <summary>Of each list; what exceeds it is counted in <see cref="Omitted"/>.</summary>
    public const int MostEntries = 10_000;

    private readonly List<ModelAnomaly> _anomalies = [];
    private readonly List<ModelImport> _imports = [];
    private readonly List<ModelTensor> _tensors = [];
    private readonly List<ModelTemplate> _templates = [];
    private readonly List<string> _externalFiles = [];
    private readonly List<string> _operators = [];

    /// <summary>The name of the outermost format; <c>unknown</c> where none claims the file.</summary>
    public string Format { get; set; } = "unknown";

    public ModelVerdict Verdict { get; private set; }

    /// <summary>Whether PyTorch's restricted unpickler would load all of its pickles; null for a file without pickles.</summary>
    public bool? LoadsUnderWeightsOnly { get; private set; }

    /// <summary>Entries that did not fit.</summary>
    public int Omitted { get; private set; }

    public IReadOnlyList<ModelAnomaly> Anomalies => _anomalies;

    public IReadOnlyList<ModelImport> Imports => _imports;

    public IReadOnlyList<ModelTensor> Tensors => _tensors;

    public IReadOnlyList<ModelTemplate> Templates => _templates;

    /// <summary>Paths of other files that this one has read, as they are written.</summary>
    public IReadOnlyList<string> ExternalFiles => _externalFiles;

    /// <summary>Operators that need code which the runtime does not bring, or that touch files: <c>domain::Name</c>, or a plain name.</summary>
    public IReadOnlyList<string> Operators => _operators;

    public void Report(string code, ModelVerdict verdict, string place, string why)
    {
        Worsen(verdict);
        Add(_anomalies, new ModelAnomaly(code, verdict, place, why));
    }

    public void Import(ModelImport import)
    {
        Worsen(import.Verdict);
        Add(_imports, import);
    }

    public void Tensor(ModelTensor tensor) => Add(_tensors, tensor);

    public void Template(ModelTemplate template) => Add(_templates, template);

    public void ExternalFile(string path) => Add(_externalFiles, path);

    public void Operator(string name) => Add(_operators, name);

    /// <summary>One pickle's answer; the file's is yes only where all of them say yes.</summary>
    public void WeightsOnly(bool loads) => LoadsUnderWeightsOnly = loads && LoadsUnderWeightsOnly is not false;

    // What does not fit was judged all the same.
    private void Worsen(ModelVerdict verdict) => Verdict = verdict > Verdict ? verdict : Verdict;

    private void Add<T>(List<T> list, T entry)
    {
        if (list.Count < MostEntries)
            list.Add(entry);
        else
            Omitted++;
    }
}
