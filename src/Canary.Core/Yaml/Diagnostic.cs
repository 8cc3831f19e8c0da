namespace Canary.Yaml;

/// <summary>A fault in a file that a person wrote: where it is and the way out.</summary>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Unsupported">True when the file is sound but asks for what this Canary cannot do: skipped and reported, not a fault of the author's.</param>
public sealed record Diagnostic(string File, int Line, int Column, string Message, bool Unsupported = false)
{
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>Collects faults, so that a reader reports all of them at once.</summary>
public sealed class Diagnostics
{
    // A hostile file must not fill memory with complaints about itself.
    private const int MostPerFile = 200;
    private readonly List<Diagnostic> _all = [];
    private readonly Dictionary<string, int> _perFile = new(StringComparer.Ordinal);

    public IReadOnlyList<Diagnostic> All => _all;

    public int Count => _all.Count;

    public void Add(string file, int line, int column, string message, bool unsupported = false)
    {
        int count = _perFile.GetValueOrDefault(file);
        _perFile[file] = count + 1;
        if (count < MostPerFile)
            _all.Add(new Diagnostic(file, line, column, message, unsupported));
        else if (count == MostPerFile)
            _all.Add(new Diagnostic(file, line, column, "more errors follow; mend these first"));
    }

    public void Add(YamlNode at, string message, bool unsupported = false) => Add(at.File, at.Line, at.Column, message, unsupported);
}
