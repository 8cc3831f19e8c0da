using Canary.Packages.Json;

namespace Canary.Packages.Sources;

/// <summary>
/// <c>.yarnrc.yml</c> of yarn 2 and later (https://yarnpkg.com/configuration/yarnrc), and <c>.yarnrc</c> of yarn 1: a name and a value a line.
/// </summary>
public sealed class YarnrcReader : IPackageFileReader
{
    public string Format => ".yarnrc";

    public bool NamesPackages => false;

    public bool Reads(ReadOnlySpan<char> name, ReadOnlySpan<char> directory) => name is ".yarnrc" or ".yarnrc.yml";

    public void Read(SourceFile file, Inventory into)
    {
        var settings = new SourceSettings(Ecosystem.Npm, file.Path, into);
        if (file.Name == ".yarnrc")
            Classic(file, settings);
        else if (!file.Bytes.IsEmpty)
            Berry(file, PlainYaml.ReadMap(file), settings, 0);
    }

    private static void Classic(SourceFile file, SourceSettings settings)
    {
        foreach (var (line, text) in SourceText.Lines(SourceText.Of(file)))
        {
            string trimmed = text.Trim();
            int space = trimmed.StartsWith('"') ? trimmed.IndexOf('"', 1) + 1 : trimmed.IndexOf(' ');
            if (space <= 0 || trimmed[0] == '#')
                continue;
            string key = trimmed[..space].Trim('"'), value = trimmed[space..].Trim(' ', '\t', '"', ':');
            if (key == "registry" || key.StartsWith('@') && key.EndsWith(":registry", StringComparison.Ordinal))
                settings.Place(value, line);
            else if (key.EndsWith("_authToken", StringComparison.Ordinal) || key.EndsWith("_password", StringComparison.Ordinal) || key.EndsWith("_auth", StringComparison.Ordinal))
                settings.Secret(key, value, line);
            else if (key == "strict-ssl" && value == "false")
                Unchecked(settings, line);
        }
    }

    private static void Berry(SourceFile file, JsonMap map, SourceSettings settings, int depth)
    {
        foreach (var (offset, key, part) in map.Members)
        {
            int line = file.LineOf(offset);
            string? value = (part as JsonText)?.Text;
            switch (key)
            {
                case "npmRegistryServer" or "npmPublishRegistry" when value is not null:
                    settings.Place(value, line);
                    break;
                case "npmAuthToken" or "npmAuthIdent" when value is not null:
                    settings.Secret(key, value, line);
                    break;
                case "enableStrictSsl" when Is(part, "false"):
                    Unchecked(settings, line);
                    break;
                case "unsafeHttpWhitelist" when part is JsonList { Items.Count: > 0 }:
                    settings.Fault(line, SourceFaultKind.Unprotected, "packages may come by plain HTTP", "Delete the setting.");
                    break;
                case "checksumBehavior" when value is "ignore" or "update":
                    settings.Fault(line, SourceFaultKind.Unverified, "a package whose checksum has changed is taken all the same", "Write checksumBehavior: throw.");
                    break;
            }

            // npmScopes and npmRegistries hold the same settings for each scope and server.
            if (part is JsonMap inner && depth < 2)
                Berry(file, inner, settings, depth + 1);
        }
    }

    private static void Unchecked(SourceSettings settings, int line) =>
        settings.Fault(line, SourceFaultKind.Unprotected, "certificates of registries are not checked", "Delete the line; give a registry's own authority by its file.");

    private static bool Is(JsonPart part, string word) => part is JsonText { Text: var text } && text == word || part is JsonTruth { Value: var truth } && (truth ? "true" : "false") == word;
}
