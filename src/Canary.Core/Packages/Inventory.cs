using Canary.Packages.Sources;

namespace Canary.Packages;

/// <summary>What a scan found: packages with all their places, and what it could not read. Not for several threads.</summary>
public sealed class Inventory
{
    /// <summary>More are counted and not kept: no honest tree has them.</summary>
    public const int MostPackages = 2_000_000;

    private readonly List<PackageEntry> _packages = [];
    private readonly List<UnreadPart> _unread = [];
    private readonly List<string> _policies = [];
    private readonly List<PackageSource> _sources = [];
    private readonly List<SourceFault> _faults = [];
    private readonly HashSet<string> _included = new(StringComparer.Ordinal);

    /// <summary>In the order of reading; the same package may stand in several places.</summary>
    public IReadOnlyList<PackageEntry> Packages => _packages;

    public IReadOnlyList<UnreadPart> UnreadParts => _unread;

    /// <summary>Where settings files of the tree have packages come from.</summary>
    public IReadOnlyList<PackageSource> Sources => _sources;

    /// <summary>What settings files let packages come from, and should not.</summary>
    public IReadOnlyList<SourceFault> SourceFaults => _faults;

    /// <summary>Files that were read, whole or in part.</summary>
    public int Files { get; internal set; }

    public long Dropped { get; private set; }

    /// <summary>The canary.yml files that the walk met, by their path.</summary>
    public IReadOnlyList<string> Policies => _policies;

    public void Add(PackageEntry package)
    {
        if (_packages.Count < MostPackages)
            _packages.Add(package);
        else
            Dropped++;
    }

    /// <summary>As many as packages at most; no honest tree comes near.</summary>
    public void Add(PackageSource source)
    {
        if (_sources.Count < MostPackages)
            _sources.Add(source);
        else
            Dropped++;
    }

    public void Add(SourceFault fault)
    {
        if (_faults.Count < MostPackages)
            _faults.Add(fault);
        else
            Dropped++;
    }

    /// <summary>How many paths <see cref="First"/> was asked about.</summary>
    public int Included => _included.Count;

    /// <summary>True once for each path: a file that others include, and that the walk meets as well, is read once.</summary>
    public bool First(string file) => _included.Add(file);

    public void Policy(string file) => _policies.Add(file);

    /// <summary>Something that should have been read and could not be: a finding, and exit code 3.</summary>
    public void Unread(string file, int line, string reason) => _unread.Add(new UnreadPart(file, line, reason));
}

/// <param name="Line">From 1; 0 for the file as a whole.</param>
public sealed record UnreadPart(string File, int Line, string Reason);
