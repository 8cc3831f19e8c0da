using System.Globalization;
using Canary.Packages.Json;

namespace Canary.Packages.Conan;

/// <summary><c>conan.lock</c> of Conan 1 (a graph) and 2 (lists), with references <c>name/version@user/channel#revision%time</c>.</summary>
public sealed class ConanLockReader : IPackageFileReader
{
    private static readonly string[] Kinds = ["requires", "build_requires", "python_requires", "config_requires"];

    public string Format => "conan.lock";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "conan.lock";

    public void Read(SourceFile file, Inventory into)
    {
        var root = JsonFile.ReadMap(file);
        if (root.Map("graph_lock")?.Map("nodes") is { } nodes)
        {
            foreach (var (offset, _, value) in nodes.Members)
            {
                // The project's own node has no reference, or one to its recipe.
                if (value is JsonMap node && node.Text("ref") is { } reference && !reference.StartsWith("conanfile.", StringComparison.Ordinal))
                    Add(file, offset, reference, null, into);
            }

            return;
        }

        if (root.Text("version") is not { } version || !version.StartsWith("0.", StringComparison.Ordinal))
            throw new UnreadableFileException(1, "neither a graph_lock nor a lockfile of version 0.5");
        foreach (string kind in Kinds)
        {
            if (root.Find(kind) is { } wrong and not JsonList)
                into.Unread(file.Path, file.LineOf(wrong.Offset), $"conan.lock: '{kind}' is not a list");
            foreach (var part in root.List(kind)?.Items ?? [])
            {
                // An entry may be a pair of the reference and what is known of its packages.
                var text = (part is JsonList { Items: [var first, ..] } ? first : part) as JsonText;
                Add(file, part.Offset, text?.Text ?? "", kind != "requires", into);
            }
        }
    }

    private static void Add(SourceFile file, int offset, string reference, bool? isTool, Inventory into)
    {
        string[] timed = reference.Split('%', 2), revised = timed[0].Split('#', 2), placed = revised[0].Split('@', 2);
        if (placed[0].Split('/') is not [{ Length: > 0 } name, { Length: > 0 } version])
        {
            into.Unread(file.Path, file.LineOf(offset), "conan.lock: a reference that is not name/version");
            return;
        }

        into.Add(new PackageEntry(Ecosystem.Conan, name, version, file.Path, file.LineOf(offset))
        {
            Dev = isTool,
            Requested = placed.Length > 1 ? reference : null,
            Integrity = revised.Length > 1 ? revised[1] : null,
            Published = timed.Length > 1 && double.TryParse(timed[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and < 1e11
                ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
                : null,
        });
    }
}
