namespace Canary.Packages;

/// <summary>Reads one kind of file that names packages. Without state: one object serves all files, from several threads.</summary>
public interface IPackageFileReader
{
    /// <summary>What such a file is called in messages: <c>npm package-lock</c>.</summary>
    string Format { get; }

    /// <summary>Whether a file is of this kind, by its name alone.</summary>
    /// <param name="name">Without directory.</param>
    /// <param name="directory">Relative to the root of the scan, with <c>/</c>; empty for the root.</param>
    bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory);

    /// <summary>How much of the head of a file it wants. Less than all is for files of which a tree has very many.</summary>
    int MostBytes => SourceFile.MostBytes;

    /// <summary>False for settings: a tree that has nothing else names no package.</summary>
    bool NamesPackages => true;

    /// <summary>
    /// Adds what the file names. What cannot be understood is reported through <see cref="Inventory.Unread"/>, and the rest read on where
    /// that makes sense. Throws nothing but <see cref="UnreadableFileException"/>.
    /// </summary>
    void Read(SourceFile file, Inventory into);
}
