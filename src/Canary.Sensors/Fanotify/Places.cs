using System.Runtime.Versioning;

namespace Canary.Sensors.Fanotify;

/// <summary>The marks: every marked inode by its file handle, which is all that an event carries. Owns the fanotify group.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class Places(int group, bool hasRename) : IDisposable
{
    internal const int LongestKey = HandleHeader + LongestHandle;
    private const int LongestHandle = 128;

    // every mark pins an inode in the kernel's memory: what others create must not let that grow without end
    private const int MostPlaces = 100_000;
    private const int HandleHeader = 16;
    private const int FsidInStatFs = 56;
    private readonly Dictionary<byte[], Place> _byHandle = new(new HandleComparer());
    private bool _disposed;

    public int Group => group;
    public int Count => _byHandle.Count;
    public Dictionary<byte[], Place>.ValueCollection All => _byHandle.Values;

    /// <summary>Marks that the kernel refused: no room, here or there, or a file system without file handles.</summary>
    public long Refused { get; set; }

    public Place? Find(ReadOnlySpan<byte> handle) =>
        !handle.IsEmpty && _byHandle.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(handle, out var place) ? place : null;

    /// <summary>Marks what the descriptor (real, or O_PATH) stands for and gives its place, a new one if need be. Null when refused.</summary>
    public Place? Mark(int descriptor, ulong mask)
    {
        Span<byte> key = stackalloc byte[LongestKey];
        int length = HandleOf(descriptor, key);
        bool full = _byHandle.Count >= MostPlaces && Find(key[..length]) is null;
        if (length == 0 || full || !Add(descriptor, mask))
        {
            Refused++;
            return null;
        }

        key = key[..length];
        if (Find(key) is { } known)
            return known;
        var place = new Place(key.ToArray());
        _byHandle.Add(place.Key, place);
        return place;
    }

    /// <summary>The handle of what the descriptor stands for, written to <paramref name="key"/>; 0 when there is none.</summary>
    public static int HandleOf(int descriptor, Span<byte> key)
    {
        byte* buffer = stackalloc byte[8 + LongestHandle];
        byte* stat = stackalloc byte[256];
        byte empty = 0;
        int mount;
        // the kind of handle that fanotify reports; kernels before 6.5 know only the plain one, which is the same but for overlayfs
        *(int*)buffer = LongestHandle;
        if (LibC.NameToHandleAt(descriptor, &empty, buffer, &mount, LibC.AtEmptyPath | LibC.AtHandleFid) != 0)
        {
            *(int*)buffer = LongestHandle;
            if (LibC.NameToHandleAt(descriptor, &empty, buffer, &mount, LibC.AtEmptyPath) != 0)
                return 0;
        }

        if (LibC.FStatFs(descriptor, stat) != 0)
            return 0;
        int bytes = *(int*)buffer;
        new ReadOnlySpan<byte>(stat + FsidInStatFs, 8).CopyTo(key);
        new ReadOnlySpan<byte>(buffer, 8 + bytes).CopyTo(key[8..]);
        return HandleHeader + bytes;
    }

    public static int HandleOf(byte[] path, Span<byte> key)
    {
        int descriptor = OpenPath(path);
        if (descriptor < 0)
            return 0;
        int length = HandleOf(descriptor, key);
        _ = LibC.Close(descriptor);
        return length;
    }

    /// <summary>How many names a marked file has now; 0 when it is not where it was.</summary>
    public uint LinksOf(Place file)
    {
        int descriptor = OpenPath(file.PathBytes());
        if (descriptor < 0)
            return 0;
        Span<byte> key = stackalloc byte[LongestKey];
        uint links = Find(key[..HandleOf(descriptor, key)]) == file && FileFacts.Of(descriptor) is { } facts ? facts.Links : 0;
        _ = LibC.Close(descriptor);
        return links;
    }

    /// <summary>Marks a file on its own. One that is marked already keeps the path by which it was first known: a hard link is the file.</summary>
    public Place? MarkFile(int descriptor, FileFacts facts, Place directory, ReadOnlySpan<byte> name, FileRole role, Scope? tree = null)
    {
        ulong mask = role switch { FileRole.Secret => Fan.SecretFile, FileRole.Device => Fan.Device, _ => Fan.ChangedFile };
        if (Mark(descriptor, mask) is not { } place)
            return null;
        place.Links = facts.Links;
        if (place.Role == FileRole.None)
        {
            place.Parent = directory;
            place.Name = name.ToArray();
            place.Tree = tree;
        }
        else if (tree is null)
        {
            // also watched for its own sake: stays when the tree is forgotten
            place.Tree = null;
        }

        if (place.Role < role)
            place.Role = role;
        return place;
    }

    /// <summary>Takes the mark off and forgets the place. The mark of one that was moved unseen stays, and its events are dropped.</summary>
    public void Remove(Place place)
    {
        _byHandle.Remove(place.Key);
        fixed (byte* path = Bytes.Terminated(place.PathBytes()))
            _ = LibC.FanotifyMark(group, Fan.MarkRemove, Real(Fan.Secrets | Fan.SecretFile), LibC.AtFdCwd, path);
    }

    public void Drop(Place place) => _byHandle.Remove(place.Key);

    /// <summary>Where the file of a handle is now, or null: gone, or on a file system that cannot say.</summary>
    public string? Resolve(ReadOnlySpan<byte> handle, Place onSameFileSystem, ref bool lossy)
    {
        int mount;
        fixed (byte* path = Bytes.Terminated(onSameFileSystem.PathBytes()))
            mount = LibC.Open(path, LibC.ODirectory | LibC.OCloExec | LibC.ONoAtime, 0);
        if (mount < 0)
            return null;
        int found;
        fixed (byte* bytes = handle[8..])
            found = LibC.OpenByHandleAt(mount, bytes, LibC.OPath | LibC.OCloExec);
        _ = LibC.Close(mount);
        if (found < 0)
            return null;
        Span<byte> text = stackalloc byte[Bytes.LongestPath];
        int length = ReadDescriptor(found, text);
        _ = LibC.Close(found);
        if (length <= 1 || text[..length].EndsWith(" (deleted)"u8))
            return null;
        return Canary.Text.Utf8.Decode(text[..length], ref lossy);
    }

    /// <summary>The directory's path without links, empty when there is no such directory.</summary>
    public static byte[] RealDirectory(string directory)
    {
        int descriptor;
        fixed (byte* path = Bytes.Terminated(Bytes.Of(directory)))
            descriptor = LibC.Open(path, LibC.OPath | LibC.ODirectory | LibC.OCloExec, 0);
        if (descriptor < 0)
            return [];
        Span<byte> real = stackalloc byte[Bytes.LongestPath];
        int length = ReadDescriptor(descriptor, real);
        _ = LibC.Close(descriptor);
        return length <= 0 ? [] : real[..length].ToArray();
    }

    public static int ReadDescriptor(int descriptor, Span<byte> into)
    {
        Span<byte> link = stackalloc byte[32];
        FormatDescriptor(descriptor, link);
        fixed (byte* l = link)
        fixed (byte* b = into)
            return (int)LibC.ReadLink(l, b, into.Length);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _ = LibC.Close(group);
        _byHandle.Clear();
    }


    private static int OpenPath(byte[] path)
    {
        fixed (byte* p = Bytes.Terminated(path))
            return LibC.Open(p, LibC.OPath | LibC.ONoFollow | LibC.OCloExec, 0);
    }

    private ulong Real(ulong mask) => hasRename ? mask : Fan.WithoutRename(mask);

    private bool Add(int descriptor, ulong mask)
    {
        // fanotify_mark takes no O_PATH descriptor, but follows its name under /proc
        Span<byte> link = stackalloc byte[32];
        FormatDescriptor(descriptor, link);
        fixed (byte* path = link)
            return LibC.FanotifyMark(group, Fan.MarkAdd, Real(mask), LibC.AtFdCwd, path) == 0;
    }

    private static void FormatDescriptor(int descriptor, Span<byte> into)
    {
        "/proc/self/fd/"u8.CopyTo(into);
        _ = descriptor.TryFormat(into[14..], out int written, default, System.Globalization.CultureInfo.InvariantCulture);
        into[14 + written] = 0;
    }
}
