using Canary.Models;
using Canary.Models.Locking;

namespace Canary.ModelFiles;

/// <summary>
/// The files beside a model that it names as parts of itself. Only those below its own directory are opened; that one of them is a link out
/// of it, or has a second name elsewhere by which it can be changed, is told.
/// </summary>
internal sealed class Siblings(ModelTree tree, IModelFiles files, string model) : IDisposable
{
    private readonly List<FileBytes> _opened = [];
    private readonly List<(string Code, ModelVerdict Verdict, string Path, string Why)> _told = [];

    /// <summary>Null where there is none, or none may be had.</summary>
    public ModelBytes? Open(string relative)
    {
        if (LockPath.Fault(relative) is not null)
            return null;
        string full = Path.Combine(Path.GetDirectoryName(model)!, relative);
        try
        {
            if (!File.Exists(full))
                return null;
            var bytes = new FileBytes(relative, tree.Open(full));
            _opened.Add(bytes);
            if (files.KeyOf(bytes.Handle) is { Links: > 1 } key)
                _told.Add(("external-file-hard-link", ModelVerdict.Unknown, relative, $"a part of the model has {key.Links} names; by another one it can be changed, or it shows what lies elsewhere"));
            return bytes;
        }
        catch (IOException e)
        {
            _told.Add(("external-file-refused", ModelVerdict.Deny, relative, "a part of the model cannot be had: " + e.Message));
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            _told.Add(("external-file-unread", ModelVerdict.Unknown, relative, "a part of the model may not be read: " + e.Message));
            return null;
        }
    }

    public void Report(ModelFacts facts)
    {
        foreach (var (code, verdict, path, why) in _told.DistinctBy(t => (t.Code, t.Path)))
            facts.Report(code, verdict, path, why);
    }

    public void Dispose()
    {
        foreach (var bytes in _opened)
            bytes.Dispose();
    }
}
