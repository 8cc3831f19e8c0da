using Canary.Packages.Toml;

namespace Canary.Packages.Sources;

/// <summary>
/// Where uv, Poetry and PDM take packages from: <c>pyproject.toml</c>, <c>uv.toml</c>, <c>Pipfile</c> (https://docs.astral.sh/uv/concepts/indexes/,
/// https://python-poetry.org/docs/repositories/).
/// </summary>
public sealed class PyprojectReader : IPackageFileReader
{
    private const string Explicit = "Mark the index explicit, and name it for each private package.";

    public string Format => "pyproject.toml";

    public bool NamesPackages => false;

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "pyproject.toml" or "uv.toml" or "Pipfile";

    public void Read(SourceFile file, Inventory into)
    {
        if (file.Bytes.IsEmpty)
            return;
        var root = TomlFile.Read(file, into);
        var settings = new SourceSettings(Ecosystem.PyPI, file.Path, into);
        if (file.Name == "Pipfile")
        {
            Pipenv(root, settings);
            return;
        }

        if ((file.Name == "uv.toml" ? root : root.Table("tool")?.Table("uv")) is { } uv)
            Uv(uv, settings);
        if (file.Name == "uv.toml" || root.Table("tool") is not { } tool)
            return;
        foreach (var source in (tool.Table("poetry")?.Items("source") ?? []).OfType<TomlTable>())
            Poetry(source, settings);
        foreach (var source in (tool.Table("pdm")?.Items("source") ?? []).OfType<TomlTable>())
            Plain(source, settings);
    }

    private static void Uv(TomlTable uv, SourceSettings settings)
    {
        bool several = false;
        foreach (var index in uv.Items("index").OfType<TomlTable>())
        {
            Plain(index, settings);
            several |= !index.Truth("explicit");
        }

        if (uv.Find("index-url") is TomlText main)
            settings.Place(main.Text, main.Line);
        foreach (var extra in uv.Items("extra-index-url").OfType<TomlText>())
        {
            settings.Place(extra.Text, extra.Line);
            several = true;
        }

        // By its first strategy uv takes a name from the first index that has it, and from no other.
        if (several && uv.Find("index-strategy") is TomlText { Text: "unsafe-best-match" or "unsafe-first-match" } strategy)
            settings.Fault(strategy.Line, SourceFaultKind.Confusion, "uv takes a name from any of its indexes: whoever publishes a private name on PyPI wins", "Delete index-strategy. " + Explicit);
        foreach (var host in uv.Items("allow-insecure-host").OfType<TomlText>())
            settings.Fault(host.Line, SourceFaultKind.Unprotected, $"certificates of {SourceSettings.Shown(host.Text)} are not checked", "Delete the host; give its authority by SSL_CERT_FILE.");
    }

    private static void Poetry(TomlTable source, SourceSettings settings)
    {
        Plain(source, settings);
        if (source.Find("priority") is TomlText { Text: "supplemental" or "secondary" } priority)
            settings.Fault(priority.Line, SourceFaultKind.Confusion, "Poetry asks PyPI first, and this source only for what is not there: whoever publishes a private name on PyPI wins", "Write priority = \"explicit\", and name the source for each private package.");
    }

    private static void Pipenv(TomlTable root, SourceSettings settings)
    {
        var sources = root.Items("source").OfType<TomlTable>().ToList();
        foreach (var source in sources)
            Plain(source, settings);
        if (sources.Count > 1 && root.Table("pipenv")?.Truth("install_search_all_sources") == true)
            settings.Fault(sources[1].Line, SourceFaultKind.Confusion, "pipenv asks every source for every name: whoever publishes a private name on PyPI wins", "Delete install_search_all_sources, and name the index for each private package.");
    }

    private static void Plain(TomlTable source, SourceSettings settings)
    {
        if (source.Find("url") is TomlText url)
            settings.Place(url.Text, url.Line);
        if (source.Find("verify_ssl") is TomlScalar { Text: "false" } unchecked_)
            settings.Fault(unchecked_.Line, SourceFaultKind.Unprotected, "certificates of a source are not checked", "Delete verify_ssl.");
    }
}
