using Canary.Models.Locking;

namespace Canary.ModelFiles;

/// <summary>Where the bill of materials of a lock is to lie.</summary>
/// <param name="FullPath">The file itself.</param>
/// <param name="Below">What paths of the lock begin with, seen from the bill's own directory: nothing, or <c>models/</c>.</param>
internal sealed record BillPlace(string FullPath, string Below)
{
    /// <summary>Known before anything is read: a model may take hours.</summary>
    /// <param name="directory">What is locked.</param>
    /// <param name="others">What else is written.</param>
    /// <returns>Null, with the reason, where it cannot lie there.</returns>
    public static BillPlace? Of(string named, string directory, IEnumerable<string?> others, out string wrong)
    {
        wrong = "";
        if (named.Length == 0 || Directory.Exists(named))
            wrong = "is no name of a file";
        else if (others.Contains(Path.GetFullPath(named)))
            wrong = "is the name of the lock or its signature: the bill of materials needs a file of its own";
        if (wrong.Length > 0)
            return null;
        string full = Path.GetFullPath(named);
        // Names in a bill start from its own directory, and what does not lie below it has none.
        string from = Path.GetRelativePath(Path.GetDirectoryName(full)!, directory).Replace(Path.DirectorySeparatorChar, '/');
        if (from != "." && LockPath.Fault(from) is { } fault)
            wrong = $"must lie in the directory that is locked, or above it: seen from there, that directory is '{from}', which {fault}";
        return wrong.Length > 0 ? null : new BillPlace(full, from == "." ? "" : from + "/");
    }
}
