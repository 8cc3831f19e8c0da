namespace Canary.Registries;

/// <summary>How much a registry may cost: nothing that it answers, or does not, makes a scan longer or larger than this.</summary>
public sealed record RegistryLimits
{
    /// <summary>Questions at the same time.</summary>
    public int Parallel { get; init; } = 8;

    /// <summary>For one request, with its whole answer.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For all questions together.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often one address is tried.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>Before the second try; each further pause is twice as long.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A registry that wants to be left alone for longer is not asked again.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Of one answer that is read as it comes, unpacked. The largest of npm's have some 50 MB.</summary>
    public long MostBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>Of one answer that is held in memory, unpacked. NuGet's pages have some MB.</summary>
    public long MostHeld { get; init; } = 16L * 1024 * 1024;

    /// <summary>After so many questions in a row to which a registry did not answer, it is asked no more.</summary>
    public int MostOutages { get; init; } = 8;

    /// <summary>How long an answer is believed without asking again.</summary>
    public TimeSpan Fresh { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Without TLS also to other machines. To this machine it is always allowed.</summary>
    public bool AllowPlain { get; init; }
}
