using Canary.Packages.Json;

namespace Canary.Packages.NuGet;

/// <summary>The versions of MSBuild SDKs in the nearest <c>global.json</c> above a file.</summary>
internal sealed class SdkVersions
{
    private readonly Dictionary<string, string> _versions = new(StringComparer.OrdinalIgnoreCase);

    public SdkVersions(SourceFile project)
    {
        for (string at = project.Directory; ; at = at[..Math.Max(0, at.LastIndexOf('/'))])
        {
            if (project.Open(at.Length == 0 ? GlobalJsonReader.FileName : at + "/" + GlobalJsonReader.FileName) is { } file)
            {
                try
                {
                    foreach (var member in JsonFile.ReadMap(file, comments: true).Map("msbuild-sdks")?.Members ?? [])
                    {
                        if (member.Value is JsonText { Text: var version })
                            _versions[member.Name] = version;
                    }
                }
                catch (UnreadableFileException)
                {
                    // Reported where the file itself is read.
                }

                return;
            }

            if (at.Length == 0)
                return;
        }
    }

    /// <summary>Null where the file does not name it: then the SDK comes with .NET's own.</summary>
    public string? Of(string sdk) => _versions.GetValueOrDefault(sdk);
}
