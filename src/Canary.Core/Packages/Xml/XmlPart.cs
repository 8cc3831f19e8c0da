namespace Canary.Packages.Xml;

/// <summary>An XML element that knows its line. Names are without namespace, and compared as MSBuild does: in any case.</summary>
/// <param name="Line">From 1.</param>
public sealed record XmlPart(string Name, int Line)
{
    private readonly List<XmlMark> _marks = [];
    private readonly List<XmlPart> _children = [];

    public IReadOnlyList<XmlMark> Marks => _marks;

    public IReadOnlyList<XmlPart> Children => _children;

    /// <summary>The text directly inside, without that of its children, trimmed.</summary>
    public string Text { get; private set; } = "";

    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    public string? Mark(string name) => _marks.FirstOrDefault(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;

    /// <summary>The first child of a name.</summary>
    public XmlPart? Child(string name) => _children.FirstOrDefault(c => c.Is(name));

    /// <summary>The text of the first child of a name; null where it is absent or empty.</summary>
    public string? TextOf(string name) => Child(name)?.Text is { Length: > 0 } text ? text : null;

    public IEnumerable<XmlPart> All(string name) => _children.Where(c => c.Is(name));

    /// <summary>This one and everything below, in the order of the file. Depth is bounded where files are read.</summary>
    public IEnumerable<XmlPart> Descendants()
    {
        var pending = new Stack<XmlPart>([this]);
        while (pending.TryPop(out var next))
        {
            yield return next;
            for (int i = next._children.Count - 1; i >= 0; i--)
                pending.Push(next._children[i]);
        }
    }

    internal void Add(XmlMark mark) => _marks.Add(mark);

    internal void Add(XmlPart child) => _children.Add(child);

    internal void Add(string text) => Text = (Text + text).Trim();
}

/// <summary>An attribute.</summary>
public sealed record XmlMark(string Name, string Value);
