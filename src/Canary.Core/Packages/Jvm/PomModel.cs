using Canary.Packages.Xml;

namespace Canary.Packages.Jvm;

/// <summary>A <c>pom.xml</c> with those of its parents that lie in the same tree: their properties and managed versions hold for it too.</summary>
internal sealed class PomModel
{
    private const int MostParents = 16;
    private const int MostDepth = 8;
    private const int MostLength = 2000;
    private const int MostParentBytes = 4 * 1024 * 1024;

    // Properties that hold nothing but others can be nested to no end of work.
    private int _left = 20_000;

    // The file itself first.
    private readonly List<XmlPart> _poms = [];

    // The first wins: it is the nearest.
    private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);
    private readonly Dictionary<string, XmlPart> _managed = new(StringComparer.Ordinal);

    public PomModel(SourceFile file, XmlPart root)
    {
        _poms.Add(root);
        var from = file;
        while (_poms.Count <= MostParents && Parent(from, _poms[^1]) is var (parent, at))
        {
            _poms.Add(parent);
            from = at;
        }

        HasLocalParent = _poms.Count > 1;
        foreach (var pom in _poms)
        {
            foreach (var property in pom.All("properties").Concat(Profiles(pom, "properties")).SelectMany(p => p.Children))
                _properties.TryAdd(property.Name, property.Text);
        }

        var declared = root.Child("parent");
        Define("version", root.TextOf("version") ?? declared?.TextOf("version"));
        Define("groupId", root.TextOf("groupId") ?? declared?.TextOf("groupId"));
        Define("artifactId", root.TextOf("artifactId"));
        Define("parent.version", declared?.TextOf("version"));
        Define("parent.groupId", declared?.TextOf("groupId"));
        Define("parent.artifactId", declared?.TextOf("artifactId"));

        foreach (var dependency in _poms.SelectMany(p => p.All("dependencyManagement").Concat(Profiles(p, "dependencyManagement"))).SelectMany(m => m.All("dependencies")).SelectMany(d => d.All("dependency")))
        {
            if (Name(dependency) is { } name)
                _managed.TryAdd(name, dependency);
        }
    }

    public bool HasLocalParent { get; }

    /// <summary><c>group:artifact</c>; null where one is missing or cannot be resolved.</summary>
    /// <param name="group">Where none is named.</param>
    public string? Name(XmlPart part, string? group = null) =>
        Resolve(part.TextOf("groupId") ?? group) is { Length: > 0 } g && Resolve(part.TextOf("artifactId")) is { Length: > 0 } a ? $"{g}:{a}" : null;

    /// <summary>What the file, or a parent, says of a dependency beside the places that ask for it.</summary>
    public XmlPart? Managed(string name) => _managed.GetValueOrDefault(name);

    /// <summary>The text with every property put in; null where one is not known here.</summary>
    public string? Resolve(string? written, int depth = 0)
    {
        if (written is null || !written.Contains("${", StringComparison.Ordinal))
            return written;
        if (depth > MostDepth || --_left < 0)
            return null;
        var resolved = new System.Text.StringBuilder();
        for (int at = 0; ;)
        {
            int start = written.IndexOf("${", at, StringComparison.Ordinal), end = start < 0 ? -1 : written.IndexOf('}', start);
            if (end < 0)
                return start < 0 ? resolved.Append(written, at, written.Length - at).ToString() : null;
            if (resolved.Length > MostLength || Resolve(_properties.GetValueOrDefault(written[(start + 2)..end]), depth + 1) is not { } value)
                return null;
            resolved.Append(written, at, start - at).Append(value);
            at = end + 1;
        }
    }

    private void Define(string name, string? value)
    {
        foreach (string prefix in value is null ? [] : (string[])["project.", "pom.", ""])
            _properties.TryAdd(prefix + name, value!);
    }

    private static IEnumerable<XmlPart> Profiles(XmlPart pom, string name) => pom.All("profiles").SelectMany(p => p.All("profile")).SelectMany(p => p.All(name));

    /// <summary>The parent where it lies in the tree, and is the one that is meant.</summary>
    private static (XmlPart Root, SourceFile File)? Parent(SourceFile from, XmlPart pom)
    {
        if (pom.Child("parent") is not { } parent || parent.Child("relativePath") is { Text: "" })
            return null;
        string path = (from.Directory.Length == 0 ? "" : from.Directory + "/") + (parent.TextOf("relativePath") ?? "../pom.xml");
        if ((from.Open(path) ?? from.Open(path + "/pom.xml")) is not { Bytes.Length: <= MostParentBytes } file)
            return null;
        try
        {
            var root = XmlFile.Read(file);
            bool isMeant = root.TextOf("artifactId") == parent.TextOf("artifactId")
                && (root.TextOf("groupId") ?? root.Child("parent")?.TextOf("groupId")) == parent.TextOf("groupId")
                && (root.TextOf("version") ?? root.Child("parent")?.TextOf("version")) == parent.TextOf("version");
            return isMeant ? (root, file) : null;
        }
        catch (UnreadableFileException)
        {
            // Reported where the file itself is read.
            return null;
        }
    }
}
