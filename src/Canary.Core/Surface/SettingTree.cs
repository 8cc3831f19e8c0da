using Canary.Packages;
using Canary.Packages.Json;
using Canary.Packages.Toml;
using Canary.Yaml;

namespace Canary.Surface;

/// <summary>Reads JSON with comments, TOML and YAML into the same parts, by the file's name. Depth and number of values are bounded.</summary>
internal static class SettingTree
{
    private const int MostValues = 200_000;

    /// <summary>Null for a file that holds nothing. Throws <see cref="UnreadableFileException"/>; half a file that can be understood is given, the rest reported.</summary>
    public static SettingPart? Read(SourceFile file, Inventory faults)
    {
        int left = MostValues;
        if (file.Bytes.Span.Trim(" \t\r\n"u8).IsEmpty)
            return null;
        if (file.Name.EndsWith(".toml", StringComparison.OrdinalIgnoreCase))
            return Of(TomlFile.Read(file, faults), ref left);
        if (!file.Name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) && !file.Name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase))
            return Of(JsonFile.Read(file, comments: true), file, ref left);
        var diagnostics = new Diagnostics();
        // What an alias repeats stands once at its anchor, and is read there.
        var documents = YamlReader.ReadAll(SourceText.Of(file), file.Path, diagnostics, aliases: true);
        foreach (var fault in diagnostics.All)
            faults.Unread(file.Path, fault.Line, fault.Message);
        return documents.Count == 0 ? null : Of(documents[0], ref left);
    }

    private static SettingPart Of(JsonPart part, SourceFile file, ref int left)
    {
        int line = file.LineOf(part.Offset);
        Count(line, ref left);
        switch (part)
        {
            case JsonMap map:
                var members = new List<SettingMember>(map.Members.Count);
                foreach (var member in map.Members)
                    members.Add(new SettingMember(member.Name, file.LineOf(member.Offset), Of(member.Value, file, ref left)));
                return new SettingPart(line) { IsMap = true, Members = members };
            case JsonList list:
                var items = new List<SettingPart>(list.Items.Count);
                foreach (var item in list.Items)
                    items.Add(Of(item, file, ref left));
                return new SettingPart(line) { IsList = true, Items = items };
            default:
                return new SettingPart(line)
                {
                    Text = part switch { JsonText text => text.Text, JsonNumber number => number.Text, JsonTruth truth => truth.Value ? "true" : "false", _ => null },
                };
        }
    }

    private static SettingPart Of(TomlPart part, ref int left)
    {
        Count(part.Line, ref left);
        switch (part)
        {
            case TomlTable table:
                var members = new List<SettingMember>(table.Members.Count);
                foreach (var (name, value) in table.Members)
                    members.Add(new SettingMember(name, value.Line, Of(value, ref left)));
                return new SettingPart(part.Line) { IsMap = true, Members = members };
            case TomlList list:
                var items = new List<SettingPart>(list.Items.Count);
                foreach (var item in list.Items)
                    items.Add(Of(item, ref left));
                return new SettingPart(part.Line) { IsList = true, Items = items };
            default:
                return new SettingPart(part.Line) { Text = part switch { TomlText text => text.Text, TomlScalar scalar => scalar.Text, _ => null } };
        }
    }

    private static SettingPart Of(YamlNode node, ref int left)
    {
        Count(node.Line, ref left);
        switch (node)
        {
            case YamlMap map:
                var members = new List<SettingMember>(map.Entries.Count);
                foreach (var (name, value) in map.Entries)
                    members.Add(new SettingMember(name.Text, name.Line, Of(value, ref left)));
                return new SettingPart(node.Line) { IsMap = true, Members = members };
            case YamlList list:
                var items = new List<SettingPart>(list.Items.Count);
                foreach (var item in list.Items)
                    items.Add(Of(item, ref left));
                return new SettingPart(node.Line) { IsList = true, Items = items };
            default:
                var scalar = (YamlScalar)node;
                bool block = !scalar.IsPlain && scalar.Text.Contains('\n');
                return new SettingPart(node.Line) { Text = scalar.IsNull ? null : scalar.Text, TextLine = block ? node.Line + 1 : node.Line };
        }
    }

    private static void Count(int line, ref int left)
    {
        if (--left < 0)
            throw new UnreadableFileException(line, $"more than {MostValues:N0} values");
    }
}
