namespace Canary.Sensors.Gating;

/// <summary>The words of linux/fanotify.h that a gate needs besides those of a watcher.</summary>
internal static class GateFan
{
    internal const uint ClassPreContent = 0x8;
    internal const uint UnlimitedQueue = 0x10;
    internal const uint UnlimitedMarks = 0x20;

    internal const ulong Modify = 0x2;
    internal const ulong OpenPermission = 0x10000;

    /// <summary>Since Linux 6.14: before bytes of a range are read, written or mapped.</summary>
    internal const ulong PreAccess = 0x100000;

    internal const ulong Permissions = OpenPermission | PreAccess;

    internal const uint MarkDontFollow = 0x4;
    internal const uint MarkIgnore = 0x400;

    internal const byte InfoRange = 6;

    internal const uint Allow = 1;
    internal const uint Deny = 2;

    /// <summary>FAN_DENY_ERRNO, since Linux 6.13: a refusal with an error of its own. The kernel takes EPERM, EIO, EBUSY, ETXTBSY, EAGAIN, ENOSPC and EDQUOT.</summary>
    internal static uint DenyWith(int error) => Deny | ((uint)error << 24);
}
