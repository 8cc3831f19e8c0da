using Canary.Findings;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Replay;

/// <summary>Reads the table of log sources; every fault at once, with its place.</summary>
internal sealed class LogSourceReader(Diagnostics faults)
{
    public static LogSourceTable Read(string text, string file, Diagnostics faults)
    {
        var documents = YamlReader.ReadAll(text, file, faults);
        var reader = new LogSourceReader(faults);
        var root = reader.Map(documents.Count > 0 ? documents[0] : null, ["channels", "records"]);
        return new LogSourceTable(
            [.. reader.Items(root?.Find("channels")).Select(reader.Channel)],
            [.. reader.Items(root?.Find("records")).Select(reader.Record)]);
    }

    private LogSourceRow Record(YamlNode node)
    {
        var map = Map(node, ["has", "when", "product", "category", "service", "fields", "hex"]);
        Demand(map, "has", "when");
        return Row(map, new LogSource(null, null));
    }

    private ChannelRows Channel(YamlNode node)
    {
        var map = Map(node, ["channel", "provider", "product", "service", "events"]);
        Demand(map, "channel", "provider");
        var whole = new LogSource(Text(map, "product") ?? "windows", null, Text(map, "service"));
        var events = new List<(long Id, LogSourceRow Row)>();
        foreach (var item in Items(map?.Find("events")))
        {
            var row = Map(item, ["id", "category", "when", "fields", "hex"]);
            var read = Row(row, whole);
            foreach (string id in Texts(row?.Find("id")))
            {
                if (long.TryParse(id, System.Globalization.CultureInfo.InvariantCulture, out long number))
                    events.Add((number, read));
                else
                    faults.Add(item, $"'{Printable.Line(id, 40)}' is no event id");
            }
        }

        return new ChannelRows(
            Texts(map?.Find("channel")), Texts(map?.Find("provider")),
            events.GroupBy(e => (double)e.Id).ToDictionary(g => g.Key, g => g.Select(e => e.Row).ToArray()), new LogSourceRow(whole));
    }

    private LogSourceRow Row(YamlMap? map, LogSource whole) => new(
        new LogSource(Text(map, "product") ?? whole.Product, Text(map, "category") ?? whole.Category, Text(map, "service") ?? whole.Service))
    {
        Has = Texts(map?.Find("has")),
        When = Pairs(map?.Find("when")),
        Fields = Pairs(map?.Find("fields")),
        Hex = Texts(map?.Find("hex")),
    };

    private List<(string, IReadOnlyList<string>)> Pairs(YamlNode? node) =>
        node is null ? [] : [.. (Map(node, null)?.Entries ?? []).Select(e => (e.Key.Text, (IReadOnlyList<string>)Texts(e.Value)))];

    private YamlMap? Map(YamlNode? node, string[]? known)
    {
        if (node is not YamlMap map)
        {
            if (node is not null)
                faults.Add(node, "a map is wanted here");
            return null;
        }

        foreach (var (key, _) in map.Entries)
        {
            if (known is not null && !known.Contains(key.Text))
                faults.Add(key, $"unknown key '{Printable.Line(key.Text, 40)}'{Nearest.Suggestion(key.Text, known)}");
        }

        return map;
    }

    private void Demand(YamlMap? map, string one, string other)
    {
        if (map is not null && map.Find(one) is null && map.Find(other) is null)
            faults.Add(map, $"a row needs '{one}' or '{other}', or it fits nothing in particular");
    }

    private IReadOnlyList<YamlNode> Items(YamlNode? node)
    {
        if (node is not null and not YamlList)
            faults.Add(node, "a list is wanted here");
        return node is YamlList list ? list.Items : [];
    }

    private string? Text(YamlMap? map, string key) => map?.Find(key) is { } node && Texts(node) is [var one] ? one : null;

    private List<string> Texts(YamlNode? node)
    {
        if (node is YamlScalar scalar)
            return [scalar.Text];
        var texts = new List<string>();
        foreach (var item in Items(node))
        {
            if (item is YamlScalar text)
                texts.Add(text.Text);
            else
                faults.Add(item, "a plain value is wanted here");
        }

        return texts;
    }
}
