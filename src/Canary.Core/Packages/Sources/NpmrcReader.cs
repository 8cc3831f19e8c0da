namespace Canary.Packages.Sources;

/// <summary>npm's and pnpm's <c>.npmrc</c> (https://docs.npmjs.com/cli/configuring-npm/npmrc).</summary>
public sealed class NpmrcReader : IPackageFileReader
{
    private const string Colon = ":registry";

    public string Format => ".npmrc";

    public bool NamesPackages => false;

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is ".npmrc";

    public void Read(SourceFile file, Inventory into)
    {
        var settings = new SourceSettings(Ecosystem.Npm, file.Path, into);
        foreach (var (line, text) in SourceText.Lines(SourceText.Of(file)))
        {
            var trimmed = text.AsSpan().Trim();
            if (trimmed.IsEmpty || trimmed[0] is ';' or '#' or '[')
                continue;
            int equals = trimmed.IndexOf('=');
            string key = (equals < 0 ? trimmed : trimmed[..equals]).Trim().ToString();
            string value = equals < 0 ? "true" : trimmed[(equals + 1)..].Trim().Trim('"').Trim('\'').ToString();
            Setting(key, value, line, settings);
        }
    }

    private static void Setting(string key, string value, int line, SourceSettings settings)
    {
        // What belongs to one registry stands behind its address: //registry.example.org/:_authToken.
        string name = key[(key.LastIndexOf(':') + 1)..];
        if (key == "registry" || key.StartsWith('@') && key.EndsWith(Colon, StringComparison.Ordinal))
            settings.Place(value, line);
        else if (name is "_authToken" or "_auth" or "_password" or "authToken" or "key")
            settings.Secret(key, value, line);
        else if (key == "strict-ssl" && value == "false")
            settings.Fault(line, SourceFaultKind.Unprotected, "certificates of registries are not checked", "Delete the line; give a registry's own authority by cafile=.");
        else if (key == "package-lock" && value == "false")
            settings.Fault(line, SourceFaultKind.Unverified, "no lockfile is read or written: each installation takes what is newest, by no checksum", "Delete the line, and commit package-lock.json.");
        else if (IsProgram(key, value))
            settings.Fault(line, SourceFaultKind.RunsProgram, $"'{SourceSettings.Shown(key)}' makes npm run what the tree brings", "Delete the line unless you know the program.");
    }

    private static bool IsProgram(string key, string value) => key switch
    {
        "git" or "script-shell" or "shell" or "editor" or "viewer" => value.StartsWith('.') || value.Contains("/node_modules/", StringComparison.Ordinal) || value.Contains("${PWD}", StringComparison.Ordinal),
        "onload-script" or "init-module" => value.Length > 0,
        "node-options" => value.Contains("--require", StringComparison.Ordinal) || value.Contains("--import", StringComparison.Ordinal) || value.Contains("--loader", StringComparison.Ordinal) || value.Contains("-r ", StringComparison.Ordinal),
        _ => false,
    };
}
