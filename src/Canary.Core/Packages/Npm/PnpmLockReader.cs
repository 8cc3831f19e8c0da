using Canary.Packages.Json;

namespace Canary.Packages.Npm;

/// <summary>
/// <c>pnpm-lock.yaml</c> of lockfileVersion 5, 6 and 9, and the copy that pnpm keeps in node_modules/.pnpm
/// (https://github.com/pnpm/spec/tree/master/lockfile). A file may hold a second document for pnpm itself.
/// </summary>
public sealed class PnpmLockReader : IPackageFileReader
{
    public string Format => "pnpm-lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) =>
        name is "pnpm-lock.yaml" || (name is "lock.yaml" && directory.EndsWith("node_modules/.pnpm", StringComparison.Ordinal));

    public void Read(SourceFile file, Inventory into)
    {
        var documents = PlainYaml.ReadAll(file);
        if (documents.Count == 0)
            throw new UnreadableFileException(1, "the file is empty");
        foreach (var document in documents)
        {
            if (document is JsonMap root)
                new PnpmDocument(file, root, into).Read();
            else
                into.Unread(file.Path, file.LineOf(document.Offset), "pnpm-lock: not a map");
        }
    }
}
