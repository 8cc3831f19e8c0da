namespace Canary.Packages.Toml;

/// <summary>A TOML value that knows where it stands.</summary>
/// <param name="Line">From 1.</param>
public abstract record TomlPart(int Line);

public sealed record TomlText(int Line, string Text) : TomlPart(Line);

/// <summary>A number, a truth or a date, as written.</summary>
public sealed record TomlScalar(int Line, string Text) : TomlPart(Line);

public sealed record TomlList(int Line, List<TomlPart> Items) : TomlPart(Line);

/// <param name="Members">In their order, each name once.</param>
public sealed record TomlTable(int Line, Dictionary<string, TomlPart> Members) : TomlPart(Line)
{
    public TomlPart? Find(string name) => Members.GetValueOrDefault(name);

    public TomlTable? Table(string name) => Find(name) as TomlTable;

    /// <summary>A string; null where there is none of this name.</summary>
    public string? Text(string name) => (Find(name) as TomlText)?.Text;

    /// <summary>A string, or a number, truth or date as written.</summary>
    public string? Written(string name) => Find(name) switch { TomlText text => text.Text, TomlScalar scalar => scalar.Text, _ => null };

    public bool Truth(string name) => Find(name) is TomlScalar { Text: "true" };

    /// <summary>The items of a list; none where there is no list of this name.</summary>
    public IReadOnlyList<TomlPart> Items(string name) => (Find(name) as TomlList)?.Items ?? [];
}
