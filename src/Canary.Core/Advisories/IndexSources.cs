using System.Security.Cryptography;
using Canary.Advisories.Index;
using Canary.Advisories.Sources;
using Canary.Yaml;

namespace Canary.Advisories;

/// <summary>Sources read, and what became of them.</summary>
public sealed class IndexSources
{
    private readonly Statements _statements = new();

    private IndexSources()
    {
    }

    /// <summary>Faults with file and line; with <see cref="Diagnostic.Unsupported"/> what is sound but cannot be said in an index.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _statements.Diagnostics;

    public long Faults => _statements.Faults;

    public long Unsupported => _statements.Unsupported;

    /// <summary>Records that their authors took back.</summary>
    public int Withdrawn => _statements.Withdrawn.Count;

    public int Statements => _statements.Count;

    /// <summary>The time that the sources themselves give the index; null where none of them does.</summary>
    public DateTimeOffset? Built { get; private set; }

    public static IndexSources Read(IEnumerable<string> paths)
    {
        var sources = new IndexSources();
        foreach (string path in paths)
            sources.Built = Sources.SourceFiles.Read(path, sources._statements) ?? sources.Built;
        return sources;
    }

    /// <param name="key">The private key to sign with; null for an unsigned index.</param>
    public byte[] Index(DateTimeOffset built, long sequence, ECDsa? key = null) => IndexWriter.Write(_statements, built, sequence, key);
}
