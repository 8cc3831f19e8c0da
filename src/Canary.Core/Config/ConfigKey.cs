namespace Canary.Config;

/// <summary>One key that canary.yml may have, as its reader asks for it.</summary>
/// <param name="Path">With the names of the sections above it: <c>alerts.rate_limit.per</c>.</param>
internal sealed record ConfigKey(string Path, ConfigShape Shape)
{
    /// <summary>What holds without it, as it would be written; null for nothing.</summary>
    public string? BuiltIn { get; init; }

    /// <summary>For <see cref="ConfigShape.Word"/>: the words to choose from.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public long Least { get; init; }

    public long Most { get; init; }
}

internal enum ConfigShape
{
    Any,
    Text,
    Boolean,
    Integer,
    Duration,
    Date,
    Size,
    Word,

    /// <summary>A text or a list of texts.</summary>
    Texts,

    /// <summary>A section with keys of its own.</summary>
    Map,

    /// <summary>A list of such sections.</summary>
    Maps,

    /// <summary>Names that the user chooses, each with texts.</summary>
    Entries,
}
