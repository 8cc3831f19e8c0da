using Canary.Yaml;

namespace Canary.Models.Pickles;

/// <summary>A list of imports as YAML has it: <c>allow:</c> and <c>deny:</c> with entries, <c>aliases:</c> and <c>scanners:</c>.</summary>
internal sealed record ImportList(IReadOnlyList<ImportEntry> Entries, IReadOnlyDictionary<string, string> Aliases, IReadOnlyList<string> Scanners)
{
    // A class that is made without a call of its constructor runs less than a function that is called.
    private static readonly string[] MakesOnly = ["NEWOBJ", "NEWOBJ_EX"];

    public static ImportList Read(string text, string file, Diagnostics faults)
    {
        var entries = new List<ImportEntry>();
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        var scanners = new List<string>();
        foreach (var document in YamlReader.ReadAll(text, file, faults))
        {
            if (document is not YamlMap map)
            {
                faults.Add(document, "the list of imports is a map with the keys allow, deny, aliases and scanners");
                continue;
            }

            foreach (var (key, value) in map.Entries)
            {
                switch (key.Text, value)
                {
                    case ("allow", YamlList list): entries.AddRange(ReadEntries(list, ModelVerdict.Allow, faults)); break;
                    case ("deny", YamlList list): entries.AddRange(ReadEntries(list, ModelVerdict.Deny, faults)); break;
                    case ("scanners", YamlList list): scanners.AddRange(Words(list, faults)); break;
                    case ("aliases", YamlMap pairs):
                        foreach (var (alias, module) in pairs.Entries)
                            aliases[alias.Text] = (module as YamlScalar)?.Text ?? "";
                        break;
                    default: faults.Add(key, $"'{key.Text}' is not a key of a list of imports, or not of this form"); break;
                }
            }
        }

        return new ImportList(entries, aliases, scanners);
    }

    /// <summary>The entries of one list, whoever it is from.</summary>
    public static IEnumerable<ImportEntry> ReadEntries(YamlList list, ModelVerdict verdict, Diagnostics faults)
    {
        foreach (var node in list.Items)
        {
            if (Entry(node, verdict, faults) is { } entry)
                yield return entry;
        }
    }

    private static ImportEntry? Entry(YamlNode node, ModelVerdict verdict, Diagnostics faults)
    {
        if (node is YamlScalar { Text.Length: > 0 } alone)
            return new ImportEntry(alone.Text, [], false, [], verdict);
        if (node is not YamlMap map || map.Find("module") is not YamlScalar { Text.Length: > 0 } module)
        {
            faults.Add(node, "an import is a module, or a map with the key module");
            return null;
        }

        foreach (var (key, _) in map.Entries)
        {
            if (key.Text is not ("module" or "names" or "classes" or "by"))
                faults.Add(key, $"'{key.Text}' is not a key of an import; there are module, names, classes and by");
        }

        bool classes = map.Find("classes") is YamlScalar scalar && scalar.AsBoolean() == true;
        string[] names = Words(map.Find("names"), faults);
        string[] by = Words(map.Find("by"), faults);
        if (names.Length == 0 && !classes && verdict == ModelVerdict.Allow)
            faults.Add(node, "what is allowed is named: the key names or classes is missing");
        return new ImportEntry(module.Text, names, classes, by.Length == 0 && classes ? MakesOnly : by, verdict);
    }

    private static string[] Words(YamlNode? node, Diagnostics faults)
    {
        switch (node)
        {
            case null:
                return [];
            case YamlScalar one:
                return one.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            case YamlList list when list.Items.All(i => i is YamlScalar):
                return [.. list.Items.Select(i => ((YamlScalar)i).Text)];
            default:
                faults.Add(node, "a list of words is expected");
                return [];
        }
    }
}
