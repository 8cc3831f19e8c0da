using Canary.Yaml;

namespace Canary.Advisories.Sources;

/// <summary>All that was read from the sources of an index, and all that could not be.</summary>
internal sealed class Statements
{
    // An honest archive of all ecosystems has a tenth of it.
    private const int MostStatements = 5_000_000;

    private const int MostDiagnostics = 10_000;

    private readonly List<AdvisoryStatement> _packages = [];
    private readonly List<PayloadStatement> _payloads = [];
    private readonly HashSet<string> _withdrawn = new(StringComparer.Ordinal);
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly List<AdvisorySource> _sources = [];

    public IReadOnlyList<AdvisoryStatement> Packages => _packages;

    public IReadOnlyList<PayloadStatement> Payloads => _payloads;

    /// <summary>Identifiers of records that their authors took back: nothing of the same identifier stands, whatever file it came from.</summary>
    public IReadOnlySet<string> Withdrawn => _withdrawn;

    public IReadOnlyList<AdvisorySource> Sources => _sources;

    /// <summary>Faults, and with <see cref="Diagnostic.Unsupported"/> what is sound but cannot be said in an index.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    public long Faults { get; private set; }

    public long Unsupported { get; private set; }

    public int Count => _packages.Count + _payloads.Count;

    public void Add(AdvisoryStatement statement)
    {
        if (Count >= MostStatements)
            throw new InvalidIndexException($"the sources make more than {MostStatements:N0} statements");
        _packages.Add(statement);
    }

    public void Add(PayloadStatement payload) => _payloads.Add(payload);

    public void Withdraw(string id) => _withdrawn.Add(id);

    public void AddSource(AdvisorySource source) => _sources.Add(source);

    public void Fault(string file, int line, string message)
    {
        Faults++;
        Tell(new Diagnostic(file, line, 1, message));
    }

    public void CannotSay(string file, int line, string message)
    {
        Unsupported++;
        Tell(new Diagnostic(file, line, 1, message, Unsupported: true));
    }

    private void Tell(Diagnostic diagnostic)
    {
        if (_diagnostics.Count < MostDiagnostics)
            _diagnostics.Add(diagnostic);
    }
}
