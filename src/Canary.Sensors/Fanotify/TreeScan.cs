using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Fanotify;

/// <summary>Marks and lists the directories of a scope. Never leaves the scope's mount nor follows a link in it.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class TreeScan(Places places, FileWatch watch)
{
    private const int MostEntries = 8192;
    private const int DepthOfMarkedFiles = 1;
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly byte[][] _secretNames = [.. watch.SecretNames.Select(Bytes.Of)];
    private readonly byte[][] _skipped = [.. watch.SkippedInTrees.Select(Bytes.Of)];
    private readonly byte[][] _shallow = [.. watch.ShallowInTrees.Select(Bytes.Of)];
    private Scope? _openScope;
    private int _rootDescriptor = -1;

    public long Cuts { get; set; }
    public List<Place> Announced { get; } = [];

    public void Step(in Work work, Queue<Work> queue, List<SensorEvent> into, long atNs)
    {
        int directory = Open(work.Scope!, work.Path);
        if (directory < 0)
        {
            // gone again, or no directory any more, is nothing to tell; a mount, a path too long or a lack of descriptors is
            if (Marshal.GetLastPInvokeError() is LibC.EXDev or LibC.EMFile or LibC.ENameTooLong)
                Cut(work.Scope!);
            return;
        }

        try
        {
            if (places.Mark(directory, work.Scope!.Mask) is not { } place)
                return;
            // found by the listing of its parent and by its own event: once is enough
            bool known = work.Scope.IsTree ? place.Tree is not null : place.Sensitive is not null;
            if (known && work.Announce && (place.Tree == work.Scope || place.Sensitive == work.Scope))
                return;
            Attach(place, work);
            List(directory, place, work with { Announce = work.Announce && !known }, queue, into, atNs);
        }
        finally
        {
            _ = LibC.Close(directory);
        }
    }

    /// <summary>Queues a directory unless the scope's bounds leave it out.</summary>
    public void Enqueue(
        Queue<Work> queue, Scope scope, Place parent, byte[] path, ReadOnlySpan<byte> name, int depth, int shallow, bool announce, int pid)
    {
        if (shallow == 0 || depth > scope.MaxDepth || IsSkipped(path))
        {
            if (depth > scope.MaxDepth && scope.MaxDepth > 0)
                Cut(scope);
            return;
        }

        if (scope.Directories + scope.Pending >= scope.MaxDirectories)
        {
            Cut(scope);
            return;
        }

        scope.Pending++;
        int left = IsAny(_shallow, name) ? watch.ShallowDepth : shallow < 0 ? -1 : shallow - 1;
        queue.Enqueue(new Work
        {
            Scope = scope,
            Path = path,
            Parent = parent,
            Name = name.ToArray(),
            Depth = depth,
            Shallow = left,
            Announce = announce,
            Pid = pid,
        });
    }

    /// <summary>Marks a new file of a watched directory on its own, where it is one that matters.</summary>
    public void MarkArrivedFile(Place directory, ReadOnlySpan<byte> name)
    {
        var (scope, role) = Wants(directory, name);
        if (scope is null)
            return;
        int file;
        fixed (byte* path = Bytes.Terminated(directory.PathBytes(name)))
            file = LibC.Open(path, LibC.OPath | LibC.ONoFollow | LibC.OCloExec, 0);
        MarkFile(file, directory, name, role, scope);
    }

    public void CloseRoot()
    {
        if (_rootDescriptor >= 0)
            _ = LibC.Close(_rootDescriptor);
        _rootDescriptor = -1;
        _openScope = null;
    }

    private int Open(Scope scope, byte[] path)
    {
        const int Flags = LibC.ODirectory | LibC.ONoFollow | LibC.OCloExec | LibC.ONonBlock;
        if (_openScope != scope)
        {
            CloseRoot();
            fixed (byte* root = Bytes.Terminated(scope.Root))
                _rootDescriptor = LibC.Open(root, Flags, 0);
            if (_rootDescriptor < 0)
                return -1;
            _openScope = scope;
        }

        fixed (byte* relative = Bytes.Terminated(path.Length == 0 ? "."u8 : path))
        {
            return LibC.OpenAt2(
                _rootDescriptor, relative, Flags, LibC.ResolveBeneath | LibC.ResolveNoXdev | LibC.ResolveNoSymlinks | LibC.ResolveNoMagicLinks);
        }
    }

    private static void Attach(Place place, in Work work)
    {
        var scope = work.Scope!;
        place.Parent = work.Parent;
        place.Name = work.Name;
        place.Shallow = work.Shallow;
        if (scope.IsTree && (place.Tree is null || place.Tree.IsForgotten || (place.Tree == scope && place.TreeRound != scope.Round)))
        {
            place.Tree = scope;
            place.TreeDepth = work.Depth;
            place.TreeRound = scope.Round;
            scope.Directories++;
        }
        else if (!scope.IsTree && (place.Sensitive is null || place.Sensitive.Role < scope.Role))
        {
            place.Sensitive = scope;
            place.SensitiveDepth = work.Depth;
            scope.Directories++;
        }
    }

    private void List(int directory, Place place, in Work work, Queue<Work> queue, List<SensorEvent> into, long atNs)
    {
        var scope = work.Scope!;
        var entries = new DirectoryEntries(directory, _buffer, MostEntries);
        while (entries.MoveNext())
        {
            if (work.Announce)
                Announce(place, entries.Name, work.Pid, into, atNs);
            bool isDirectory = entries.Type == DirectoryEntries.TypeDirectory;
            if (isDirectory || entries.Type == DirectoryEntries.TypeUnknown)
            {
                var path = work.Path.Length == 0 ? entries.Name.ToArray() : Bytes.Join(work.Path, entries.Name);
                Enqueue(queue, scope, place, path, entries.Name, work.Depth + 1, work.Shallow, work.Announce, work.Pid);
            }

            if (!isDirectory && Wants(place, entries.Name) is (not null, var role))
                MarkFileAt(directory, place, entries.Name, role, scope);
        }

        if (entries.IsCut)
            Cut(scope);
    }

    private void Announce(Place place, ReadOnlySpan<byte> name, int pid, List<SensorEvent> into, long atNs)
    {
        bool lossy = false;
        string path = place.PathOf(name, ref lossy);
        if (place.Announced is null)
        {
            place.Announced = new(StringComparer.Ordinal);
            Announced.Add(place);
        }

        if (place.Announced.Add(path))
            into.Add(new FileActed(atNs, new ProcessKey(pid, 0), FileAct.Create, path) { Lossy = lossy });
    }

    public bool IsMarkedName(Place directory, ReadOnlySpan<byte> name) => Wants(directory, name).Scope is not null;

    /// <summary>For which scope, and as what, a file of the directory is marked on its own.</summary>
    private (Scope? Scope, FileRole Role) Wants(Place directory, ReadOnlySpan<byte> name)
    {
        if (directory.Sensitive is { Role: FileRole.Secret } sensitive && directory.SensitiveDepth <= DepthOfMarkedFiles
            && sensitive.Files < watch.MarkedFiles)
        {
            return (sensitive, FileRole.Secret);
        }

        if (directory.Tree is { } tree && tree.Files < watch.MarkedFiles && directory.Shallow < 0 && IsAny(_secretNames, name))
            return (tree, FileRole.Secret);
        return default;
    }

    private void MarkFileAt(int directory, Place place, ReadOnlySpan<byte> name, FileRole role, Scope scope)
    {
        int file;
        fixed (byte* path = Bytes.Terminated(name))
            file = LibC.OpenAt(directory, path, LibC.OPath | LibC.ONoFollow | LibC.OCloExec, 0);
        MarkFile(file, place, name, role, scope);
    }

    private void MarkFile(int file, Place directory, ReadOnlySpan<byte> name, FileRole role, Scope scope)
    {
        if (file < 0)
            return;
        if (FileFacts.Of(file) is { IsRegular: true } facts
            && places.MarkFile(file, facts, directory, name, role, scope.IsTree ? scope : null) is not null)
        {
            scope.Files++;
        }

        _ = LibC.Close(file);
    }

    private bool IsSkipped(byte[] path)
    {
        foreach (var skipped in _skipped)
        {
            if (path.AsSpan().EndsWith(skipped) && (path.Length == skipped.Length || path[^(skipped.Length + 1)] == (byte)'/'))
                return true;
        }

        return false;
    }

    private static bool IsAny(byte[][] patterns, ReadOnlySpan<byte> name)
    {
        foreach (var pattern in patterns)
        {
            if (Bytes.Matches(pattern, name))
                return true;
        }

        return false;
    }

    private void Cut(Scope scope)
    {
        if (!scope.IsCut)
            Cuts++;
        scope.IsCut = true;
    }
}
