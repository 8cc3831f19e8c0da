using System.Runtime.Versioning;

namespace Canary.Sensors.Fanotify;

/// <summary>
/// Follows the patterns through the file system. Each directory on the way is marked for names that come and go, so that a path which
/// does not exist yet, or is replaced, is found when it comes.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class PatternWalk(Places places, FileWatch watch)
{
    private const int MostEntries = 8192;
    private static readonly byte[][] NeverBehindLinks = Of("/usr", "/bin", "/sbin", "/lib", "/lib64", "/proc", "/sys", "/dev", "/boot");
    private static readonly byte[][] TooWideBehindLinks = Of("/tmp", "/var", "/etc", "/home", "/root", "/opt", "/srv", "/run", "/mnt");
    private readonly byte[] _buffer = new byte[32 * 1024];

    public long Cuts { get; set; }

    public void Step(in Work work, Queue<Work> queue)
    {
        int directory;
        fixed (byte* path = Bytes.Terminated(work.Path))
            directory = LibC.Open(path, LibC.ODirectory | LibC.OCloExec | LibC.ONonBlock, 0);
        if (directory < 0)
            return;
        try
        {
            var path = PathOf(directory);
            bool isRoot = path.Length == 1;
            // the root itself is never marked; nothing of ours comes or goes there
            var place = isRoot ? null : places.Mark(directory, Fan.Waypoint);
            if (path.Length == 0 || (place is null && !isRoot))
                return;
            if (place is not null)
                Attach(place, path, work.Cursor);
            if (work.Only is not null)
                Enter(directory, path, place, work.Only, work, queue);
            else if (!work.Cursor.Component.AsSpan().Contains((byte)'*'))
                Enter(directory, path, place, work.Cursor.Component, work, queue);
            else
                EnterAll(directory, path, place, work, queue);
        }
        finally
        {
            _ = LibC.Close(directory);
        }
    }

    private static void Attach(Place place, byte[] path, Cursor cursor)
    {
        if (place.Name.Length == 0)
            place.Name = path;
        place.Cursors ??= [];
        if (!place.Cursors.Contains(cursor))
            place.Cursors.Add(cursor);
    }

    private void EnterAll(int directory, byte[] path, Place? place, in Work work, Queue<Work> queue)
    {
        var entries = new DirectoryEntries(directory, _buffer, MostEntries);
        while (entries.MoveNext())
        {
            if (Bytes.Matches(work.Cursor.Component, entries.Name))
                Enter(directory, path, place, entries.Name, work, queue);
        }

        if (entries.IsCut)
            Cuts++;
    }

    private void Enter(int directory, byte[] path, Place? place, ReadOnlySpan<byte> name, in Work work, Queue<Work> queue)
    {
        if (work.Cursor.IsLast)
        {
            if (work.Cursor.Pattern.Role == FileRole.Name)
                return;
            Arrive(directory, path, place, name, work, queue);
            return;
        }

        queue.Enqueue(work with
        {
            Cursor = new(work.Cursor.Pattern, work.Cursor.At + 1),
            Only = null,
            Path = Bytes.Join(path, name),
        });
    }

    private void Arrive(int directory, byte[] path, Place? place, ReadOnlySpan<byte> name, in Work work, Queue<Work> queue)
    {
        var pattern = work.Cursor.Pattern;
        int file;
        fixed (byte* n = Bytes.Terminated(name))
        {
            file = LibC.OpenAt(directory, n, LibC.OPath | LibC.ONoFollow | LibC.OCloExec, 0);
            if (file >= 0 && FileFacts.Of(file) is { IsLink: true })
            {
                _ = LibC.Close(file);
                file = LibC.OpenAt(directory, n, LibC.OPath | LibC.OCloExec, 0);
                FollowLink(file, pattern, work, queue);
                return;
            }
        }

        if (file < 0)
            return;
        if (FileFacts.Of(file) is { } facts)
        {
            if (facts.IsDirectory && pattern.Role != FileRole.Device)
                BeginScope(Bytes.Join(path, name), place, name, pattern, work, queue);
            else if (place is not null && (pattern.Role == FileRole.Device ? facts.IsCharacterDevice : facts.IsRegular))
                places.MarkFile(file, facts, place, name, pattern.Role);
        }

        _ = LibC.Close(file);
    }

    private void BeginScope(byte[] root, Place? parent, ReadOnlySpan<byte> name, PathPattern pattern, in Work work, Queue<Work> queue)
    {
        // a link that a user made must not have us watch the system
        if (!pattern.IsLiteral
            && (Array.Exists(NeverBehindLinks, no => Bytes.IsUnder(root, no)) || Array.Exists(TooWideBehindLinks, no => Bytes.IsUnder(no, root))))
        {
            Cuts++;
            return;
        }

        var scope = new Scope(
            root,
            isTree: false,
            pattern.Role == FileRole.Secret ? Fan.Secrets : Fan.Changes,
            pattern.Role,
            watch.SensitiveDirectories,
            watch.SensitiveDepth);
        queue.Enqueue(new Work
        {
            Scope = scope,
            Path = [],
            Parent = parent,
            Name = parent is null ? root : name.ToArray(),
            Shallow = -1,
            Announce = work.Announce,
            Pid = work.Pid,
        });
    }

    /// <summary>A link at a watched path: what it leads to is watched, by its own name and at its own place.</summary>
    private static void FollowLink(int target, PathPattern pattern, in Work work, Queue<Work> queue)
    {
        if (target < 0)
            return;
        var path = PathOf(target);
        _ = LibC.Close(target);
        int slash = path.AsSpan().LastIndexOf((byte)'/');
        if (slash < 0 || path.Length == 1)
            return;
        var real = PathPattern.Parse(path, pattern.Role, literal: false);
        queue.Enqueue(work with
        {
            Cursor = new(real, real.Components.Length - 1),
            Only = real.Components[^1],
            Path = slash == 0 ? [(byte)'/'] : path[..slash],
        });
    }

    private static byte[][] Of(params string[] paths) => [.. paths.Select(Bytes.Of)];

    private static byte[] PathOf(int descriptor)
    {
        Span<byte> path = stackalloc byte[Bytes.LongestPath];
        int length = Places.ReadDescriptor(descriptor, path);
        return length <= 0 ? [] : path[..length].ToArray();
    }
}
