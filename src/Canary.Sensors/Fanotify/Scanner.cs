using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Fanotify;

/// <summary>
/// Takes marks a step at a time, so that no call blocks for long: patterns are followed component by component, trees breadth first.
/// What came after the start is urgent, for until it is marked nothing in it is seen.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Scanner(Places places, FileWatch watch, TimeProvider time)
{
    private readonly Queue<Work> _urgent = new();
    private readonly Queue<Work> _background = new();
    private readonly Queue<(Place Place, Scope Scope)> _leaving = new();
    private readonly TreeScan _trees = new(places, watch);
    private readonly PatternWalk _patterns = new(places, watch);

    public bool HasWork => _urgent.Count + _background.Count + _leaving.Count > 0;

    /// <summary>Places whose listed names may come again as events.</summary>
    public List<Place> Announced => _trees.Announced;

    /// <summary>Scopes that met a bound, mounts inside a tree, links to places that are not watched.</summary>
    public long TakeCuts()
    {
        long cuts = _trees.Cuts + _patterns.Cuts;
        _trees.Cuts = _patterns.Cuts = 0;
        return cuts;
    }

    public void Follow(PathPattern pattern) => _background.Enqueue(new Work { Cursor = new(pattern, 0), Path = [(byte)'/'], Name = [] });

    /// <summary>Looks at the whole scope, for the first time or again.</summary>
    public void Begin(Scope scope)
    {
        scope.Round++;
        scope.Directories = 0;
        _background.Enqueue(new Work { Scope = scope, Path = [], Name = scope.Root, Shallow = -1 });
    }

    /// <summary>An entry came at the cursor's directory.</summary>
    public void Arrived(Cursor cursor, Place directory, ReadOnlySpan<byte> name, int pid) =>
        _urgent.Enqueue(new Work
        {
            Cursor = cursor,
            Only = name.ToArray(),
            Path = directory.PathBytes(),
            Name = [],
            Announce = true,
            Pid = pid,
        });

    /// <summary>A directory came inside a watched one.</summary>
    public void Arrived(Place parent, ReadOnlySpan<byte> name, bool announce, int pid)
    {
        if (parent.Tree is { } tree)
            Arrived(parent, tree, parent.TreeDepth, name, announce, pid);
        if (parent.Sensitive is { } sensitive)
            Arrived(parent, sensitive, parent.SensitiveDepth, name, announce, pid);
    }

    /// <summary>A file came (or was put over another) that may have to be marked on its own.</summary>
    public void FileArrived(Place directory, ReadOnlySpan<byte> name) => _trees.MarkArrivedFile(directory, name);

    public bool IsMarkedName(Place directory, ReadOnlySpan<byte> name) => _trees.IsMarkedName(directory, name);

    public void Forget(Scope scope)
    {
        scope.IsForgotten = true;
        foreach (var place in places.All)
        {
            if (place.Tree == scope || place.Sensitive == scope)
                _leaving.Enqueue((place, scope));
        }
    }

    /// <summary>Works until nothing is left or <paramref name="budget"/> is spent.</summary>
    public void Run(List<SensorEvent> into, long atNs, TimeSpan budget)
    {
        if (!HasWork)
            return;
        long began = time.GetTimestamp();
        try
        {
            while (HasWork && time.GetElapsedTime(began) < budget)
                Step(into, atNs);
        }
        finally
        {
            _trees.CloseRoot();
        }
    }

    private void Step(List<SensorEvent> into, long atNs)
    {
        if (_urgent.TryDequeue(out var urgent))
            Do(urgent, _urgent, into, atNs);
        else if (_leaving.TryDequeue(out var leaving))
            Leave(leaving.Place, leaving.Scope);
        else if (_background.TryDequeue(out var work))
            Do(work, _background, into, atNs);
    }

    private void Do(Work work, Queue<Work> queue, List<SensorEvent> into, long atNs)
    {
        if (work.Scope is not { } scope)
        {
            _patterns.Step(work, queue);
            return;
        }

        // the root was not queued by a listing
        if (work.Path.Length > 0)
            scope.Pending--;
        if (!scope.IsForgotten)
            _trees.Step(work, queue, into, atNs);
    }

    private void Leave(Place place, Scope scope)
    {
        if (place.Tree == scope)
            place.Tree = null;
        if (place.Sensitive == scope)
            place.Sensitive = null;
        if (!place.IsWatchedDirectory && place.Cursors is null && (place.Role == FileRole.None || scope.IsTree))
            places.Remove(place);
    }

    private void Arrived(Place parent, Scope scope, int depth, ReadOnlySpan<byte> name, bool announce, int pid)
    {
        // the root may have been renamed since; what lies below it is still opened from there
        var path = parent.PathBytes(name);
        if (!Bytes.IsUnder(path, scope.Root))
            return;
        int skip = scope.Root.Length + (scope.Root[^1] == (byte)'/' ? 0 : 1);
        _trees.Enqueue(_urgent, scope, parent, path[skip..], name, depth + 1, parent.Shallow, announce, pid);
    }
}
