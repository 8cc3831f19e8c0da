namespace Canary.Sensors.Fanotify;

/// <summary>The words of linux/fanotify.h, and the masks that Canary asks for at each kind of place.</summary>
internal static class Fan
{
    internal const ulong Attrib = 0x4;
    internal const ulong CloseWrite = 0x8;
    internal const ulong Open = 0x20;
    internal const ulong MovedFrom = 0x40;
    internal const ulong MovedTo = 0x80;
    internal const ulong Create = 0x100;
    internal const ulong Delete = 0x200;
    internal const ulong DeleteSelf = 0x400;
    internal const ulong Overflow = 0x4000;
    internal const ulong OnChild = 0x08000000;
    internal const ulong Rename = 0x10000000;
    internal const ulong OnDir = 0x40000000;

    internal const uint CloExec = 0x1;
    internal const uint NonBlock = 0x2;
    internal const uint ReportFid = 0x200;
    internal const uint ReportDirFid = 0x400;
    internal const uint ReportName = 0x800;
    internal const uint ReportTargetFid = 0x1000;

    internal const uint MarkAdd = 0x1;
    internal const uint MarkRemove = 0x2;
    internal const uint MarkFlush = 0x80;

    internal const byte InfoFid = 1;
    internal const byte InfoDirectoryName = 2;
    internal const byte InfoDirectory = 3;
    internal const byte InfoOldDirectoryName = 10;
    internal const byte InfoNewDirectoryName = 12;

    /// <summary>Names coming, going and changing: what a directory on the way to a watched path is asked for. Nothing per open or write.</summary>
    internal const ulong Waypoint = Create | Delete | Rename | OnDir;

    /// <summary>A work tree, or a place where only changes matter. No opens: they cost every build 1 µs a file (docs/file-sensor.md).</summary>
    internal const ulong Changes = Waypoint | CloseWrite | Attrib | OnChild;

    /// <summary>A directory of secrets.</summary>
    internal const ulong Secrets = Changes | Open;

    internal const ulong ChangedFile = CloseWrite | Attrib | DeleteSelf;
    internal const ulong SecretFile = ChangedFile | Open;
    internal const ulong Device = Open | DeleteSelf;

    /// <summary>The same mask for a kernel before 5.17, which tells a rename in two halves.</summary>
    internal static ulong WithoutRename(ulong mask) =>
        (mask & Rename) == 0 ? mask : (mask & ~Rename) | MovedFrom | MovedTo;
}
