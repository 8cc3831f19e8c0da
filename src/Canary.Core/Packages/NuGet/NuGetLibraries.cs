using Canary.Packages.Json;

namespace Canary.Packages.NuGet;

/// <summary>The <c>libraries</c> of project.assets.json and of deps.json: objects under <c>NAME/VERSION</c>.</summary>
internal static class NuGetLibraries
{
    /// <summary>Throws <see cref="UnreadableFileException"/> where there are none; reports each that is no such object.</summary>
    public static IEnumerable<(int Line, string Name, string Version, JsonMap Library)> Of(SourceFile file, JsonMap root, Inventory into)
    {
        if (root.Map("libraries") is not { } libraries)
            throw new UnreadableFileException(1, "has no 'libraries'");
        foreach (var (offset, key, value) in libraries.Members)
        {
            int line = file.LineOf(offset), slash = key.LastIndexOf('/');
            if (value is JsonMap library && slash > 0)
                yield return (line, key[..slash], key[(slash + 1)..], library);
            else
                into.Unread(file.Path, line, "a library is not an object under NAME/VERSION");
        }
    }
}
