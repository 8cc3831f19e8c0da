namespace Canary.Surface;

/// <summary>Reads one kind of instruction out of files. Without state: one object serves all files.</summary>
public interface ISurfaceReader
{
    /// <summary>What it reads, as the page on it calls it.</summary>
    string Subject { get; }

    /// <summary>Whether a file may hold it, by its name alone. Letter case is nothing: on two of three systems it names the same file.</summary>
    /// <param name="name">Without directory.</param>
    /// <param name="directory">Relative to the root of the scan, with <c>/</c>; empty for the root.</param>
    bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory);

    /// <summary>Adds what the file says; runs nothing, asks nobody. Throws nothing.</summary>
    void Read(SurfaceFile file, SurfaceEntries into);
}
