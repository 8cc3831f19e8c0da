namespace Canary.Surface;

/// <summary>A value of a settings file, whether JSON, TOML or YAML: a map, a list, or a text as written.</summary>
/// <param name="Line">From 1.</param>
public sealed record SettingPart(int Line)
{
    /// <summary>A string, or a number or truth as written; null for a map, a list and nothing at all.</summary>
    public string? Text { get; init; }

    /// <summary>Where the first line of <see cref="Text"/> stands, which in YAML may be below its name.</summary>
    public int TextLine { get; init; } = Line;

    public bool IsMap { get; init; }

    public bool IsList { get; init; }

    /// <summary>In their order; a name that stands twice is there twice.</summary>
    public IReadOnlyList<SettingMember> Members { get; init; } = [];

    public IReadOnlyList<SettingPart> Items { get; init; } = [];

    /// <summary>The value of a name, the last where it stands twice, as JavaScript has it.</summary>
    public SettingPart? Find(string name)
    {
        for (int i = Members.Count - 1; i >= 0; i--)
        {
            if (Members[i].Name == name)
                return Members[i].Value;
        }

        return null;
    }

    public string? TextOf(string name) => Find(name)?.Text;

    /// <summary>The texts of a list, or the one text in its place.</summary>
    public IEnumerable<string> Texts => Text is { } one ? [one] : Items.Select(i => i.Text).OfType<string>();

    public IEnumerable<string> TextsOf(string name) => Find(name)?.Texts ?? [];
}

/// <param name="Line">Of the name.</param>
public sealed record SettingMember(string Name, int Line, SettingPart Value);
