namespace Canary.Packages.Json;

/// <summary>
/// Reads the YAML that package managers write into the same parts as JSON: maps and lists in block and flow style, plain and quoted text.
/// No anchors, aliases or tags: no lockfile has them. Plain numbers stay text, as written. Depth and number of values are bounded.
/// </summary>
public static class PlainYaml
{
    /// <summary>Throws <see cref="UnreadableFileException"/> for what is not such YAML, and where the file is not one map.</summary>
    public static JsonMap ReadMap(SourceFile file) => ReadAll(file) switch
    {
        [JsonMap map] => map,
        [] => throw new UnreadableFileException(1, "the file is empty"),
        [var first, ..] => throw new UnreadableFileException(file.LineOf(first.Offset), "not one YAML map"),
    };

    /// <summary>Every document of the file.</summary>
    public static IReadOnlyList<JsonPart> ReadAll(SourceFile file) => new PlainYamlCursor(file).Documents();
}
