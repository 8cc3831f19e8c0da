namespace Canary.Sensors.Etw;

/// <summary>
/// The names behind the kernel's numbers for files: of an open handle (FileObject) and of a file (FileKey). There is no list of what
/// was open before the sensor came, so that an unknown number is a legal state. Bounded; what was long not asked for is forgotten.
/// </summary>
internal sealed class EtwFileNames
{
    private const int Most = 64 * 1024;

    private readonly RecentMap<ulong, string> _objects = new(Most), _keys = new(Most);

    public int Count => _objects.Count + _keys.Count;

    public void Opened(ulong fileObject, string path) => _objects.Set(fileObject, path);

    public void Named(ulong fileKey, string path) => _keys.Set(fileKey, path);

    public void Closed(ulong fileObject) => _objects.Remove(fileObject);

    public void Unnamed(ulong fileKey) => _keys.Remove(fileKey);

    /// <summary>Null where neither number was heard of.</summary>
    public string? Of(ulong fileObject, ulong fileKey) =>
        _objects.TryGet(fileObject, out string? path) || _keys.TryGet(fileKey, out path) ? path : null;

    /// <summary>A file has another name from now on.</summary>
    public void Renamed(ulong fileObject, ulong fileKey, string path)
    {
        _objects.Set(fileObject, path);
        _keys.Set(fileKey, path);
    }
}

/// <summary>Which files are worth an event when they are only opened. Asked for each open of the machine: no file I/O, no lock.</summary>
internal interface IEtwFileInterest
{
    /// <param name="path">As <see cref="NtPaths"/> writes it.</param>
    bool Wants(string path, Events.ProcessKey actor);
}

/// <summary>Nothing beyond creates, deletes and renames.</summary>
internal sealed class NoFileInterest : IEtwFileInterest
{
    public bool Wants(string path, Events.ProcessKey actor) => false;
}
