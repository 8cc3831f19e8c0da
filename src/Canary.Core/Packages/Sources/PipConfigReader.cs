namespace Canary.Packages.Sources;

/// <summary>pip's <c>pip.conf</c> and <c>pip.ini</c>: sections, names and values, values going on where a line is indented (https://pip.pypa.io/en/stable/topics/configuration/).</summary>
public sealed class PipConfigReader : IPackageFileReader
{
    public string Format => "pip configuration";

    public bool NamesPackages => false;

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is "pip.conf" or "pip.ini";

    public void Read(SourceFile file, Inventory into)
    {
        var settings = new SourceSettings(Ecosystem.PyPI, file.Path, into);
        string name = "";
        foreach (var (line, text) in SourceText.Lines(SourceText.Of(file)))
        {
            string trimmed = text.Trim();
            if (trimmed.Length == 0 || trimmed[0] is '#' or ';' or '[')
                continue;
            int equals = char.IsWhiteSpace(text[0]) ? -1 : trimmed.AsSpan().IndexOfAny('=', ':');
            if (equals >= 0)
                name = trimmed[..equals].Trim().Replace('_', '-').ToLowerInvariant();
            string value = equals >= 0 ? trimmed[(equals + 1)..].Trim() : trimmed;
            if (value.Length > 0)
                PipOptions.Set(name, value, line, settings);
        }
    }
}
