using Canary.Packages.Integrity;
using Canary.Packages.Xml;

namespace Canary.Packages.Sources;

/// <summary>NuGet's <c>nuget.config</c> (https://learn.microsoft.com/nuget/reference/nuget-config-file), one file by itself: those above it are not joined.</summary>
public sealed class NuGetConfigReader : IPackageFileReader
{
    private const string Map = "Map each source to its names by packageSourceMapping (https://learn.microsoft.com/nuget/consume-packages/package-source-mapping).";

    public string Format => "nuget.config";

    public bool NamesPackages => false;

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name.Equals("nuget.config", StringComparison.OrdinalIgnoreCase);

    public void Read(SourceFile file, Inventory into)
    {
        var root = XmlFile.Read(file);
        var settings = new SourceSettings(Ecosystem.NuGet, file.Path, into);
        var disabled = root.All("disabledPackageSources").SelectMany(d => d.All("add")).Where(a => a.Mark("value")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true)
            .Select(a => a.Mark("key") ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var remote = new List<(string Name, string Host, int Line)>();
        bool clears = root.All("packageSources").Any(s => s.Child("clear") is not null);
        foreach (var source in root.All("packageSources").SelectMany(s => s.All("add")))
        {
            string name = source.Mark("key") ?? "", value = source.Mark("value") ?? "";
            if (disabled.Contains(name))
                continue;
            if (settings.Place(value, source.Line) is { Length: > 0 } host)
                remote.Add((name, host, source.Line));
            Protection(source, name, settings);
        }

        Mapping(root, remote, clears, settings);
        Secrets(root, settings);
        foreach (var mode in root.All("config").SelectMany(c => c.All("add")).Where(a => a.Mark("key")?.Equals("signatureValidationMode", StringComparison.OrdinalIgnoreCase) == true))
        {
            if (mode.Mark("value")?.Equals("accept", StringComparison.OrdinalIgnoreCase) == true)
                settings.Fault(mode.Line, SourceFaultKind.Unverified, "packages without a signature are taken", "Write require, and name the signers in trustedSigners.");
        }
    }

    private static void Protection(XmlPart source, string name, SourceSettings settings)
    {
        if (IsTrue(source.Mark("allowInsecureConnections")))
            settings.Fault(source.Line, SourceFaultKind.Unprotected, $"source '{SourceSettings.Shown(name)}' may be asked by plain HTTP", "Delete allowInsecureConnections, and write https://.");
        if (IsTrue(source.Mark("disableTLSCertificateValidation")))
            settings.Fault(source.Line, SourceFaultKind.Unprotected, $"certificates of source '{SourceSettings.Shown(name)}' are not checked", "Delete disableTLSCertificateValidation.");
    }

    private static void Mapping(XmlPart root, List<(string Name, string Host, int Line)> remote, bool clears, SourceSettings settings)
    {
        var privates = remote.Where(s => !RegistryHosts.IsPublic(Ecosystem.NuGet, s.Host)).ToList();
        if (privates.Count == 0)
            return;
        int line = privates[0].Line;
        if (!clears)
            settings.Fault(line, SourceFaultKind.InheritedSources, "sources of the user and the machine, nuget.org among them, are asked, too", "Write <clear /> as the first of packageSources.");
        bool hasPublic = !clears || remote.Count > privates.Count;
        var mapped = root.All("packageSourceMapping").SelectMany(m => m.All("packageSource")).ToList();
        if (mapped.Count == 0)
        {
            if (hasPublic || privates.Select(p => p.Host).Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1)
                settings.Fault(line, SourceFaultKind.Confusion, "several sources and no packageSourceMapping: NuGet asks all of them for every name, and whoever publishes a private one on nuget.org may win", Map);
            return;
        }

        var ofPublic = Patterns(mapped, remote.Where(s => RegistryHosts.IsPublic(Ecosystem.NuGet, s.Host)).Select(s => s.Name)).Select(p => p.Pattern).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (pattern, at) in Patterns(mapped, privates.Select(s => s.Name)).Where(p => ofPublic.Contains(p.Pattern)))
            settings.Fault(at, SourceFaultKind.Confusion, $"'{SourceSettings.Shown(pattern)}' is mapped to a private source and to nuget.org: either may serve it", "Leave the pattern to the private source alone.");
    }

    private static IEnumerable<(string Pattern, int Line)> Patterns(List<XmlPart> mapped, IEnumerable<string> sources)
    {
        var names = sources.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return mapped.Where(m => names.Contains(m.Mark("key") ?? "")).SelectMany(m => m.All("package")).Select(p => (p.Mark("pattern") ?? "", p.Line));
    }

    private static void Secrets(XmlPart root, SourceSettings settings)
    {
        // Each source has an element of its name; passwords that Windows encrypted are for one user and machine.
        foreach (var add in root.All("packageSourceCredentials").SelectMany(c => c.Children).SelectMany(s => s.All("add")))
        {
            if (add.Mark("key")?.Equals("ClearTextPassword", StringComparison.OrdinalIgnoreCase) == true)
                settings.Secret("ClearTextPassword", add.Mark("value") ?? "", add.Line);
        }
    }

    private static bool IsTrue(string? value) => value?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;
}
