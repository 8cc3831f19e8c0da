namespace Canary.Yaml;

/// <summary>A YAML value that knows where it stands. Lines and columns count from 1.</summary>
public abstract class YamlNode(string file, int line, int column)
{
    public string File { get; } = file;
    public int Line { get; } = line;
    public int Column { get; } = column;
}

/// <summary>A scalar as written. Typing is left to the reader of the field, as YAML's core schema has it.</summary>
public sealed class YamlScalar(string file, int line, int column, string text, bool plain) : YamlNode(file, line, column)
{
    public string Text { get; } = text;

    /// <summary>Written without quotes or block style: only then can it be null, a number or a boolean.</summary>
    public bool IsPlain { get; } = plain;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public bool? AsBoolean() => !IsPlain ? null : Text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    public long? AsInteger()
    {
        if (!IsPlain)
            return null;
        var style = System.Globalization.NumberStyles.AllowLeadingSign;
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        if (Text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(Text.AsSpan(2), System.Globalization.NumberStyles.AllowHexSpecifier, culture, out long hex))
            return hex;
        return long.TryParse(Text, style, culture, out long value) ? value : null;
    }

    public double? AsNumber() => AsInteger() is { } whole ? whole
        : IsPlain && Text.Length > 0 && (char.IsAsciiDigit(Text[^1]) || Text[^1] == '.') && !Text.Contains(',')
          && double.TryParse(Text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value) ? value : null;
}

public sealed class YamlList(string file, int line, int column, IReadOnlyList<YamlNode> items) : YamlNode(file, line, column)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;
}

/// <summary>Keys are unique and in the order of the file.</summary>
public sealed class YamlMap(string file, int line, int column, IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> entries) : YamlNode(file, line, column)
{
    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries { get; } = entries;

    public YamlNode? Find(string key)
    {
        foreach (var (name, value) in Entries)
        {
            if (name.Text == key)
                return value;
        }

        return null;
    }
}
