using Canary.Packages.Json;

namespace Canary.Packages.NuGet;

/// <summary><c>global.json</c>: the versions of MSBuild SDKs, packages that run while a project is only opened (https://learn.microsoft.com/dotnet/core/tools/global-json).</summary>
public sealed class GlobalJsonReader : IPackageFileReader
{
    internal const string FileName = "global.json";

    public string Format => ".NET global.json";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.Equals(FileName, StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        foreach (var (offset, name, value) in JsonFile.ReadMap(file, comments: true).Map("msbuild-sdks")?.Members ?? [])
        {
            int line = file.LineOf(offset);
            if (value is not JsonText { Text: var version })
                into.Unread(file.Path, line, "the version of an SDK is not text");
            else
                into.Add(new PackageEntry(Ecosystem.NuGet, name, NuGetVersion.Asked(version), file.Path, line) { Requested = version, Direct = true });
        }
    }
}
