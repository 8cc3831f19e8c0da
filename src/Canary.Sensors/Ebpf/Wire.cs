using System.Runtime.InteropServices;

namespace Canary.Sensors.Ebpf;

// The shapes of Native/shared.h and Native/processes.h, field for field.

internal enum WireKind : ushort
{
    Fork = 1,
    Exec = 2,
    Exit = 3,
    Connect = 4,
    Dns = 5,
    System = 6,
}

[Flags]
internal enum WireFlags : ushort
{
    PathCut = 1,
    DirectoryCut = 2,
    ArgumentsCut = 4,
    ArgumentsUnread = 8,
    PathDetached = 16,
    PathUnlinked = 32,
    DirectoryDetached = 64,
    DirectoryUnlinked = 128,
}

[StructLayout(LayoutKind.Sequential)]
internal readonly struct WireHead
{
    public readonly WireKind Kind;
    public readonly WireFlags Flags;
    public readonly uint Pid;
    public readonly ulong At;
    public readonly ulong Start;
    public readonly uint Session;
    public readonly uint Extra;
}

[StructLayout(LayoutKind.Sequential)]
internal readonly struct WireFork
{
    public readonly WireHead Head;
    public readonly ulong ChildStart;
}

[StructLayout(LayoutKind.Sequential)]
internal readonly struct WireExec
{
    public readonly WireHead Head;
    public readonly uint Parent;
    public readonly uint ArgumentCount;
    public readonly ulong ParentStart;
    public readonly ulong Inode;
    public readonly uint Device;
    public readonly uint ArgumentsLength;
    public readonly ushort PathLength;
    public readonly ushort DirectoryLength;
    public readonly ushort RequestedLength;
    private readonly ushort _pad;
}

[StructLayout(LayoutKind.Sequential)]
internal readonly struct WireSystem
{
    public readonly WireHead Head;
    public readonly ulong TargetStart;
    public readonly uint Target;
    public readonly uint Request;
}

[StructLayout(LayoutKind.Sequential)]
internal struct WireRunning
{
    public uint Pid;
    public uint Parent;
    public ulong Start;
    public ulong ParentStart;
    public ulong Inode;
    public uint Device;
    public uint Uid;
    public uint Session;
    public uint Pad;
}

[StructLayout(LayoutKind.Sequential)]
internal struct WireLineage
{
    public ulong Start;
    public uint Session;
    public uint Owner;
}

[StructLayout(LayoutKind.Sequential)]
internal struct WireSettings
{
    public uint All;
    public uint MatchNames;
}
