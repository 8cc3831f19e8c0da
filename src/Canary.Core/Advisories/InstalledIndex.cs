namespace Canary.Advisories;

/// <summary>The index that <c>canary db update</c> put into the directory of state, and the key that it was believed for.</summary>
public sealed class InstalledIndex(string state)
{
    public string File { get; } = Path.Combine(state, "advisories.index");

    public string KeyFile { get; } = Path.Combine(state, "advisories.pem");

    public bool Exists => System.IO.File.Exists(File);

    /// <summary>Believed for the keys named now, or else for the one kept beside it. Throws <see cref="InvalidIndexException"/>.</summary>
    public AdvisoryIndex Open(IReadOnlyList<(string Place, string Pem)> keys)
    {
        var trust = IndexTrust.Of(Keys(keys));
        return AdvisoryIndex.Open(File, trust);
    }

    /// <summary>
    /// Checks a file whole and puts it in place in one step. False when the same index is there already. Throws
    /// <see cref="InvalidIndexException"/> for what is not to be believed, and for one older than what is there.
    /// </summary>
    public bool Install(string candidate, IReadOnlyList<(string Place, string Pem)> keys)
    {
        var known = Keys(keys);
        string staged = File + ".new";
        try
        {
            // What is checked is what is installed: the candidate may lie where others write.
            System.IO.File.Copy(candidate, staged, overwrite: true);
            var trust = IndexTrust.Of(known);
            using (var index = AdvisoryIndex.Open(staged, trust))
            {
                index.CheckAll();
                long newest = Newest(keys, out string what);
                if (index.Sequence < newest)
                    throw new InvalidIndexException($"older than {what} (number {index.Sequence} after {newest}): an old index hides what was found since");
                if (index.Sequence == newest && Exists)
                    return false;
            }

            System.IO.File.WriteAllText(KeyFile + ".new", string.Concat(known.Select(k => k.Pem.TrimEnd() + "\n")));
            System.IO.File.Move(KeyFile + ".new", KeyFile, overwrite: true);
            System.IO.File.Move(staged, File, overwrite: true);
            return true;
        }
        finally
        {
            System.IO.File.Delete(staged);
        }
    }

    private long Newest(IReadOnlyList<(string Place, string Pem)> keys, out string what)
    {
        using var builtIn = AdvisoryIndex.BuiltIn();
        what = "the built-in index";
        if (!Exists)
            return builtIn.Sequence;
        try
        {
            using var installed = Open(System.IO.File.Exists(KeyFile) ? [] : keys);
            what = installed.Sequence >= builtIn.Sequence ? "the installed index" : what;
            return Math.Max(installed.Sequence, builtIn.Sequence);
        }
        catch (InvalidIndexException)
        {
            // A damaged index is what an update is to mend; what it was cannot be known.
            return builtIn.Sequence;
        }
    }

    private IReadOnlyList<(string Place, string Pem)> Keys(IReadOnlyList<(string Place, string Pem)> named)
    {
        if (named.Count > 0 || !System.IO.File.Exists(KeyFile))
            return named;
        const string End = "-----END PUBLIC KEY-----";
        return [.. System.IO.File.ReadAllText(KeyFile).Split(End, StringSplitOptions.RemoveEmptyEntries).Where(k => k.Contains("BEGIN", StringComparison.Ordinal)).Select(k => (KeyFile, k + End + "\n"))];
    }
}
