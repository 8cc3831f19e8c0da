using Canary.Packages.Json;

namespace Canary.Packages.NuGet;

/// <summary><c>.config/dotnet-tools.json</c>: the tools of a repository; <c>dotnet tool restore</c> installs them (https://learn.microsoft.com/dotnet/core/tools/local-tools-how-to-use).</summary>
public sealed class ToolManifestReader : IPackageFileReader
{
    public string Format => ".NET tool manifest";

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.Equals("dotnet-tools.json", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        if (JsonFile.ReadMap(file, comments: true).Map("tools") is not { } tools)
            throw new UnreadableFileException(1, "has no 'tools'");
        foreach (var (offset, name, value) in tools.Members)
        {
            int line = file.LineOf(offset);
            if (value is not JsonMap tool || tool.Text("version") is not { } version)
                into.Unread(file.Path, line, "a tool has no version");
            else
                into.Add(new PackageEntry(Ecosystem.NuGet, name, NuGetVersion.Asked(version), file.Path, line) { Requested = version, Direct = true, Dev = true });
        }
    }
}
