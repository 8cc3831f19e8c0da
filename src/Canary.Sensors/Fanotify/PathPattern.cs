namespace Canary.Sensors.Fanotify;

/// <summary>One watched path: components with <c>*</c>, and what is asked of the files found there.</summary>
internal sealed class PathPattern(byte[][] components, FileRole role, bool literal)
{
    public byte[][] Components { get; } = components;
    public FileRole Role { get; } = role;

    /// <summary>Written so by the caller, not found behind a link.</summary>
    public bool IsLiteral { get; } = literal;

    public static PathPattern Parse(ReadOnlySpan<byte> absolute, FileRole role, bool literal)
    {
        var components = new List<byte[]>();
        foreach (var range in absolute.Split((byte)'/'))
        {
            if (range.Start.Value != range.End.Value)
                components.Add(absolute[range].ToArray());
        }

        return new([.. components], role, literal);
    }

    /// <summary>The patterns for each path, with <c>~</c> put in for every home.</summary>
    public static IEnumerable<PathPattern> Expand(IReadOnlyList<string> paths, FileRole role, IReadOnlyList<string> homes)
    {
        foreach (string path in paths)
        {
            if (path.StartsWith('/'))
            {
                yield return Parse(Bytes.Of(path), role, literal: true);
            }
            else if (path.StartsWith("~/", StringComparison.Ordinal))
            {
                foreach (string home in homes)
                    yield return Parse(Bytes.Of(home + path[1..]), role, literal: true);
            }
        }
    }
}

/// <summary>How far a pattern has come: the component that names an entry of the directory which holds the cursor.</summary>
internal readonly record struct Cursor(PathPattern Pattern, int At)
{
    public byte[] Component => Pattern.Components[At];
    public bool IsLast => At == Pattern.Components.Length - 1;
}
