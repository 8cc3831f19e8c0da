using System.Text;
using Tomlyn;
using Tomlyn.Parsing;

namespace Canary.Packages.Toml;

/// <summary>Reads a TOML file whole, with the line of each value. Depth and number of values are bounded.</summary>
public static class TomlFile
{
    private const int MostDepth = 64;
    private const int MostValues = 5_000_000;

    private static readonly TomlSerializerOptions Bounds = new() { MaxDepth = MostDepth };
    private static readonly TomlParserOptions Strict = new() { Mode = TomlParserMode.Strict };

    /// <summary>What stands before the first fault, which is reported: half a lockfile still names packages.</summary>
    public static TomlTable Read(SourceFile file, Inventory into)
    {
        string text = Encoding.UTF8.GetString(file.Bytes.Span);
        text = text.TrimStart('\uFEFF');
        var root = new TomlTable(1, []);
        bool cut = false;
        var parser = TomlParser.Create(text, Strict, Bounds);
        try
        {
            new Reading(parser, text, file, into).Into(root);
        }
        catch (Exception e) when (e is TomlException or ArgumentOutOfRangeException)
        {
            // The library hands a half surrogate (\UD800) on to what makes characters of numbers, which throws the second.
            int line = (e as TomlException)?.Line is { } told and > 0 ? told : Math.Max(parser.Current.Line, 1);
            cut = true;
            into.Unread(file.Path, Math.Min(line, file.LineOf(file.Bytes.Length)), "not TOML from here on");
        }

        return root.Members.Count > 0 || cut ? root : throw new UnreadableFileException(1, "the file is empty");
    }

    /// <summary>The tables of an array of tables; an item of another kind is reported.</summary>
    public static IEnumerable<TomlTable> Tables(TomlTable within, string name, SourceFile file, Inventory into)
    {
        if (within.Find(name) is { } part and not TomlList)
            into.Unread(file.Path, part.Line, $"'{name}' is not a list of tables");
        foreach (var item in within.Items(name))
        {
            if (item is TomlTable table)
                yield return table;
            else
                into.Unread(file.Path, item.Line, $"an entry of '{name}' is not a table");
        }
    }

    private sealed class Reading(TomlParser parser, string text, SourceFile file, Inventory into)
    {
        private int _left = MostValues;
        private int _line = 1;

        public void Into(TomlTable root)
        {
            while (Next())
            {
                if (parser.Current.Kind == TomlParseEventKind.StartTable)
                    Members(root);
            }
        }

        private void Members(TomlTable table)
        {
            while (Next() && parser.Current.Kind == TomlParseEventKind.PropertyName)
            {
                string name = parser.GetPropertyName();
                int line = _line;
                if (!Next())
                    return;
                switch (parser.Current.Kind, table.Find(name))
                {
                    // Headers may come back to a table and to an array of tables: both are one.
                    case (TomlParseEventKind.StartTable, TomlTable same):
                        Members(same);
                        break;
                    case (TomlParseEventKind.StartArray, TomlList same):
                        Items(same);
                        break;
                    case (_, { } twice):
                        into.Unread(file.Path, line, $"'{name}' stands twice, first on line {twice.Line}");
                        Value(_ => { });
                        break;
                    default:
                        Value(value => table.Members[name] = value);
                        break;
                }
            }
        }

        private void Items(TomlList list)
        {
            while (Next() && parser.Current.Kind != TomlParseEventKind.EndArray)
                Value(list.Items.Add);
        }

        // Containers are kept before they are filled: what a fault cuts off is not lost.
        private void Value(Action<TomlPart> keep)
        {
            var current = parser.Current;
            switch (current.Kind)
            {
                case TomlParseEventKind.StartTable:
                    var table = new TomlTable(_line, []);
                    keep(table);
                    Members(table);
                    break;
                case TomlParseEventKind.StartArray:
                    var list = new TomlList(_line, []);
                    keep(list);
                    Items(list);
                    break;
                case TomlParseEventKind.String:
                    keep(new TomlText(_line, parser.GetString()));
                    break;
                default:
                    int from = current.Span?.Start.Offset ?? 0, to = current.Span is { } span ? span.End.Offset + 1 : 0;
                    keep(new TomlScalar(_line, text[from..Math.Clamp(to, from, text.Length)]));
                    break;
            }
        }

        private bool Next()
        {
            if (--_left < 0)
                throw new UnreadableFileException(_line, $"more than {MostValues:N0} values");
            if (!parser.MoveNext())
                return false;
            // Tables that a header opens have no place of their own: the name before them has.
            if (parser.Current.Line is > 0 and int line)
                _line = line;
            return true;
        }
    }
}
