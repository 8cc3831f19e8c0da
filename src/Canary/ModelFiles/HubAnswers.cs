using Canary.Models.Locking;
using Canary.Models.Provenance;
using Canary.Registries;
using Canary.Text;

namespace Canary.ModelFiles;

/// <summary>
/// The Hub's word as it is now, where the user allows to ask: for files of its cache, whose repository and commit the cache names, and for
/// a directory of which the user says what it is. Only what the Hub itself has given as a name is sent to it.
/// </summary>
/// <param name="named">Repository and commit of all files that no cache names; null for none.</param>
internal sealed class HubAnswers(HubRegistry hub, (string Repository, string Commit)? named, CancellationToken cancel) : IHashSource
{
    // What a lock is made of is rarely more than one; a tree with hundreds of repositories is a mirror.
    private const int MostRepositories = 64;

    public string Name => "huggingface";

    public IEnumerable<HashClaim> Claims(HashSearch search)
    {
        var asked = new Dictionary<(string, string), IReadOnlyDictionary<string, HubEntry>>();
        foreach (var file in search.Files)
        {
            if (Place(search, file) is not var (repository, commit, within))
                continue;
            if (!asked.TryGetValue((repository, commit), out var entries))
            {
                entries = asked.Count < MostRepositories ? Ask(search, repository, commit) : new Dictionary<string, HubEntry>();
                if (asked.Count == MostRepositories)
                    search.Faults.Add("huggingface", 0, 0, $"more than {MostRepositories} repositories: the others were not asked about");
                asked[(repository, commit)] = entries;
            }

            if (entries.TryGetValue(within, out var entry) && Claim(file, entry) is { } claim)
                yield return claim with { Size = entry.Size, Source = new LockSource(Name, repository, commit) };
        }
    }

    private (string Repository, string Commit, string Within)? Place(HashSearch search, TreeFile file)
    {
        if (HubCache.Snapshot(file.FullPath) is var (_, repository, at, within) && HubRegistry.IsCommit(at))
            return HubRegistry.CanName(repository) ? (repository, at, within) : null;
        return named is var (given, commit) ? (given, commit, Path.GetRelativePath(search.Base, file.FullPath).Replace(Path.DirectorySeparatorChar, '/')) : null;
    }

    private Dictionary<string, HubEntry> Ask(HashSearch search, string repository, string commit)
    {
        try
        {
            if (hub.AskAsync(repository, commit, cancel).GetAwaiter().GetResult() is not { } entries)
                search.Faults.Add(repository, 0, 0, $"the Hub knows no commit {commit} of it; its word was not had");
            else
            {
                if (entries.Count >= HubRegistry.Page)
                    search.Faults.Add(repository, 0, 0, $"the Hub's list is longer than {HubRegistry.Page} entries; what comes after them was not asked for");
                return entries.DistinctBy(e => e.Path).ToDictionary(e => e.Path, StringComparer.Ordinal);
            }
        }
        catch (RegistryException e)
        {
            search.Faults.Add(repository, 0, 0, $"the Hub gave no answer that can be used: {Printable.Line(e.Message, 300)}");
        }

        return [];
    }

    private static HashClaim? Claim(TreeFile file, HubEntry entry)
    {
        string algorithm = entry.Sha256 is null ? HashName.GitSha1 : HashName.Sha256;
        return HexDigest.Of(entry.Sha256 ?? entry.GitSha1, algorithm) is { } hex ? new HashClaim(file.Path, algorithm, hex, "the Hub, asked now,") : null;
    }
}
