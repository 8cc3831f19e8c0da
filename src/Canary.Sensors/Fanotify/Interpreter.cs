using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Fanotify;

/// <summary>
/// Says what a raw event means: which path, which acts, and what has to be marked because of it. The kernel merges what one process does
/// to one name in a row, so one raw event may be several acts; they are told in the order in which they make sense.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Interpreter(Places places, Scanner scanner, int ownPid)
{
    private readonly byte[] _movedName = new byte[256];
    private Place? _movedFrom;
    private int _movedPid;
    private int _movedLength;

    public void Read(in RawEvent e, long atNs, List<SensorEvent> into)
    {
        if (e.Pid == ownPid)
            return;
        var directory = places.Find(e.Directory);
        if ((e.Mask & Fan.Rename) != 0)
        {
            Renamed(e, directory, e.Name, places.Find(e.NewDirectory), e.NewName, e.Target, atNs, into);
            return;
        }

        if ((e.Mask & (Fan.MovedFrom | Fan.MovedTo)) != 0)
            HalfRenamed(e, directory, atNs, into);
        else
            FlushHalf(atNs, into);
        var target = TargetOf(e, directory, stackalloc byte[Places.LongestKey]);
        var file = places.Find(target);
        var actor = new ProcessKey(e.Pid, 0);
        if ((e.Mask & Fan.Create) != 0 && directory is not null)
            Created(e, directory, file, atNs, actor, into);
        if ((e.Mask & (Fan.Open | Fan.CloseWrite | Fan.Attrib)) != 0)
            Touched(e, directory, file, atNs, actor, into);
        if ((e.Mask & Fan.Delete) != 0 && directory is not null)
            Deleted(e, directory, file, atNs, actor, into);
        if ((e.Mask & Fan.DeleteSelf) != 0 && file is not null)
            places.Drop(file);
    }

    /// <summary>A move whose second half did not come: out of what is watched. Only kernels before 5.17 tell in halves.</summary>
    public void FlushHalf(long atNs, List<SensorEvent> into)
    {
        if (_movedFrom is not { } from)
            return;
        _movedFrom = null;
        var half = new RawEvent { Pid = _movedPid };
        Renamed(half, from, _movedName.AsSpan(0, _movedLength), null, default, default, atNs, into);
    }

    private void HalfRenamed(in RawEvent e, Place? directory, long atNs, List<SensorEvent> into)
    {
        if ((e.Mask & Fan.MovedTo) != 0)
        {
            bool paired = _movedFrom is not null && _movedPid == e.Pid;
            if (!paired)
                FlushHalf(atNs, into);
            var from = _movedFrom;
            _movedFrom = null;
            var target = TargetOf(e, directory, stackalloc byte[Places.LongestKey]);
            Renamed(e, from, _movedName.AsSpan(0, _movedLength), directory, e.Name, target, atNs, into);
            return;
        }

        FlushHalf(atNs, into);
        if (directory is null || e.Name.Length > _movedName.Length)
            return;
        _movedFrom = directory;
        _movedPid = e.Pid;
        _movedLength = e.Name.Length;
        e.Name.CopyTo(_movedName);
    }

    /// <summary>The handle of what an event is about; looked up by name where the kernel does not say (before 5.17).</summary>
    private static ReadOnlySpan<byte> TargetOf(in RawEvent e, Place? directory, Span<byte> key)
    {
        const ulong Names = Fan.Create | Fan.MovedTo;
        if (!e.Target.IsEmpty)
        {
            // copied: what is returned may live no longer than the caller's buffer
            e.Target.CopyTo(key);
            return key[..e.Target.Length];
        }

        return (e.Mask & Names) != 0 && directory is not null ? key[..Places.HandleOf(directory.PathBytes(e.Name), key)] : default;
    }

    private void Created(in RawEvent e, Place directory, Place? file, long atNs, ProcessKey actor, List<SensorEvent> into)
    {
        bool lossy = false;
        bool wanted = Arrived(e, directory, e.Name, announce: true) || directory.IsWatchedDirectory;
        if (file is not null && file.Role is FileRole.Secret or FileRole.Changes && file.Parent is not null)
        {
            Linked(file, directory.PathOf(e.Name, ref lossy), atNs, actor, into);
            return;
        }

        if (!wanted)
            return;
        string path = directory.PathOf(e.Name, ref lossy);
        if (directory.Announced?.Remove(path) != true)
            into.Add(new FileActed(atNs, actor, FileAct.Create, path) { Lossy = lossy });
        if ((e.Mask & Fan.OnDir) == 0)
            scanner.FileArrived(directory, e.Name);
    }

    private void Touched(in RawEvent e, Place? directory, Place? file, long atNs, ProcessKey actor, List<SensorEvent> into)
    {
        bool isDirectory = (e.Mask & Fan.OnDir) != 0;
        if (e.Directory.IsEmpty && !isDirectory)
        {
            // no name: not done through a name, so a change of the number of names
            if (file is not null && (e.Mask & Fan.Attrib) != 0)
                LinksChanged(file, atNs, actor, into);
            return;
        }

        bool lossy = false;
        string path;
        // a marked file goes by its own path, not by the name of the link that was used
        if (file is { Role: not FileRole.None, Parent: not null })
            path = file.PathOf(default, ref lossy);
        else if (directory is { IsWatchedDirectory: true })
            path = directory.PathOf(e.Name, ref lossy);
        else
            return;
        if ((e.Mask & Fan.Open) != 0 && !isDirectory)
            into.Add(new FileActed(atNs, actor, file?.Role == FileRole.Device ? FileAct.OpenDevice : FileAct.Open, path) { Lossy = lossy });
        if ((e.Mask & Fan.CloseWrite) != 0)
            into.Add(new FileActed(atNs, actor, FileAct.Write, path) { Lossy = lossy });
        if ((e.Mask & Fan.Attrib) != 0)
            into.Add(new FileActed(atNs, actor, FileAct.ChangeAttributes, path) { Lossy = lossy });
    }

    private void Deleted(in RawEvent e, Place directory, Place? file, long atNs, ProcessKey actor, List<SensorEvent> into)
    {
        if ((e.Mask & Fan.OnDir) != 0 && file is not null)
        {
            if (file.Tree is { } tree)
                tree.Directories--;
            if (file.Sensitive is { } sensitive)
                sensitive.Directories--;
            places.Drop(file);
        }

        if (!directory.IsWatchedDirectory && !IsWatchedName(directory, e.Name))
            return;
        bool lossy = false;
        into.Add(new FileActed(atNs, actor, FileAct.Delete, directory.PathOf(e.Name, ref lossy)) { Lossy = lossy });
    }

    private void Renamed(
        in RawEvent e, Place? from, ReadOnlySpan<byte> oldName, Place? to, ReadOnlySpan<byte> newName, ReadOnlySpan<byte> target,
        long atNs, List<SensorEvent> into)
    {
        var moved = places.Find(target);
        bool fromWanted = from is not null && (from.IsWatchedDirectory || IsWatchedName(from, oldName));
        bool isListed = to is not null && Arrived(e, to, newName, announce: false);
        bool toWanted = isListed || to is { IsWatchedDirectory: true };
        bool lossy = false;
        string? old = from?.PathOf(oldName, ref lossy)
            ?? (moved is { Role: not FileRole.None, Parent: not null } ? moved.PathOf(default, ref lossy) : null);
        string? now = to?.PathOf(newName, ref lossy);
        if (now is null && fromWanted && !target.IsEmpty)
            now = places.Resolve(target, from!, ref lossy);
        if (moved is not null)
            Follow(moved, to, newName, now, isListed, (e.Mask & Fan.OnDir) != 0);
        if (!fromWanted && !toWanted)
            return;
        var actor = new ProcessKey(e.Pid, 0);
        into.Add(old is not null
            ? new FileActed(atNs, actor, FileAct.Rename, old, now) { Lossy = lossy }
            : new FileActed(atNs, actor, FileAct.Create, now!) { Lossy = lossy });
        if (to is not null && (e.Mask & Fan.OnDir) == 0)
            scanner.FileArrived(to, newName);
    }

    /// <summary>
    /// A directory is where it is. A secret file keeps its path until it gets another one that is a secret's; that of a project's file
    /// is not good enough for a key.
    /// </summary>
    private void Follow(Place moved, Place? to, ReadOnlySpan<byte> newName, string? now, bool isListed, bool isDirectory)
    {
        if (to is not null
            && (isDirectory || isListed || ((to.Sensitive is not null || moved.Tree is not null) && scanner.IsMarkedName(to, newName))))
        {
            moved.Parent = to;
            moved.Name = newName.ToArray();
        }
        else if (isDirectory && now is not null)
        {
            moved.Parent = null;
            moved.Name = Bytes.Of(now);
        }
    }

    /// <summary>Has new names marked where they matter. True when the name is itself a watched path.</summary>
    private bool Arrived(in RawEvent e, Place directory, ReadOnlySpan<byte> name, bool announce)
    {
        bool last = false;
        if (directory.Cursors is { } cursors)
        {
            foreach (var cursor in cursors)
            {
                if (!Bytes.Matches(cursor.Component, name))
                    continue;
                last |= cursor.IsLast;
                if (!cursor.IsLast || cursor.Pattern.Role != FileRole.Name)
                    scanner.Arrived(cursor, directory, name, e.Pid);
            }
        }

        if (directory.IsWatchedDirectory && (e.Mask & Fan.OnDir) != 0)
            scanner.Arrived(directory, name, announce, e.Pid);
        return last;
    }

    private static bool IsWatchedName(Place directory, ReadOnlySpan<byte> name)
    {
        if (directory.Cursors is { } cursors)
        {
            foreach (var cursor in cursors)
            {
                if (cursor.IsLast && Bytes.Matches(cursor.Component, name))
                    return true;
            }
        }

        return false;
    }

    private void LinksChanged(Place file, long atNs, ProcessKey actor, List<SensorEvent> into)
    {
        uint links = places.LinksOf(file);
        bool more = links > file.Links;
        if (links > 0)
            file.Links = links;
        if (!more)
            return;
        bool lossy = false;
        into.Add(new FileActed(atNs, actor, FileAct.Link, file.PathOf(default, ref lossy)) { Lossy = lossy });
    }

    /// <summary>The new name of a link comes right after the count of names went up: one act.</summary>
    private static void Linked(Place file, string name, long atNs, ProcessKey actor, List<SensorEvent> into)
    {
        bool lossy = false;
        string path = file.PathOf(default, ref lossy);
        if (path == name)
            return;
        if (into.Count > 0 && into[^1] is FileActed { Act: FileAct.Link, Target: null } last && last.Path == path && last.Actor == actor)
            into.RemoveAt(into.Count - 1);
        into.Add(new FileActed(atNs, actor, FileAct.Link, path, name) { Lossy = lossy });
    }
}
