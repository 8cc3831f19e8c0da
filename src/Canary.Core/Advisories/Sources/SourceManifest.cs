using System.Globalization;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Advisories.Sources;

/// <summary><c>sources.yml</c> beside the sources: what each is called, where it is from, under which licence, and what its headings mean.</summary>
/// <param name="Built">The time that an index of these sources bears, so that the same sources make the same bytes.</param>
internal sealed record SourceManifest(DateTimeOffset? Built, IReadOnlyList<(string File, SourceTerms Terms)> Sources)
{
    private static readonly string[] Keys = ["file", "name", "origin", "licence", "campaign", "campaigns", "presumed"];

    public static SourceManifest Read(string path, Statements into)
    {
        var diagnostics = new Diagnostics();
        var sources = new List<(string, SourceTerms)>();
        DateTimeOffset? built = null;
        if (YamlReader.ReadAll(File.ReadAllText(path), path, diagnostics) is [YamlMap root, ..])
        {
            foreach (var (key, value) in root.Entries)
            {
                if (key.Text == "built" && value is YamlScalar time && DateTimeOffset.TryParse(time.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
                    built = parsed;
                else if (key.Text == "sources" && value is YamlList list)
                    sources.AddRange(list.Items.Select(node => Source(node, diagnostics)).OfType<(string, SourceTerms)>());
                else
                    diagnostics.Add(key, "expected 'built: TIME' and 'sources:' with a list");
            }
        }
        else if (diagnostics.Count == 0)
        {
            diagnostics.Add(path, 1, 1, "expected 'sources:'");
        }

        foreach (var fault in diagnostics.All)
            into.Fault(fault.File, fault.Line, fault.Message);
        return new SourceManifest(built, sources);
    }

    private static (string, SourceTerms)? Source(YamlNode node, Diagnostics diagnostics)
    {
        if (node is not YamlMap map || map.Find("file") is not YamlScalar { Text.Length: > 0 } file)
        {
            diagnostics.Add(node, "a source is a map with 'file:'");
            return null;
        }

        foreach (var (key, _) in map.Entries.Where(e => !Keys.Contains(e.Key.Text)))
            diagnostics.Add(key, $"unknown key '{key.Text}'{Nearest.Suggestion(key.Text, Keys)}");
        if (file.Text != Path.GetFileName(file.Text))
        {
            diagnostics.Add(file, "'file' is a name beside sources.yml, not a path");
            return null;
        }

        return (file.Text, new SourceTerms(Text(map, "name") ?? file.Text, Text(map, "origin") ?? "", Text(map, "licence") ?? "", Text(map, "campaign"))
        {
            Campaigns = Texts(map, "campaigns"),
            Presumed = Texts(map, "presumed"),
        });
    }

    private static string? Text(YamlMap map, string key) => (map.Find(key) as YamlScalar)?.Text;

    private static Dictionary<string, string> Texts(YamlMap map, string key) =>
        (map.Find(key) as YamlMap)?.Entries.Where(e => e.Value is YamlScalar).ToDictionary(e => e.Key.Text, e => ((YamlScalar)e.Value).Text, StringComparer.Ordinal) ?? [];
}
