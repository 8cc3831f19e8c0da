namespace Canary.Advisories;

/// <summary>What one source says of one package, before it is put together with what others say.</summary>
/// <param name="Name">As the source writes it.</param>
/// <param name="Sources">Who says so.</param>
internal sealed record AdvisoryStatement(string Ecosystem, string Name, IReadOnlyList<string> Sources)
{
    /// <summary>Exact versions, as the source writes them.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    public IReadOnlyList<VersionRange> Ranges { get; init; } = [];

    public bool EveryVersion { get; init; }

    public string? Id { get; init; }

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public string? Campaign { get; init; }

    /// <summary>The campaign is a guess from the neighbourhood: it yields to any other source's.</summary>
    public bool CampaignIsPresumed { get; init; }
}

/// <summary>From <paramref name="Introduced"/> (null: from the first) to before <paramref name="Fixed"/> or up to <paramref name="LastAffected"/>; without either, without end.</summary>
internal sealed record VersionRange(string? Introduced, string? Fixed, string? LastAffected);

internal sealed record PayloadStatement(string Sha256, string Campaign, string File);
