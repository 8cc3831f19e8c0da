using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>The fanotify group that asks before a file is opened and before its bytes are read, its marks and its answers.</summary>
/// <remarks>When its last descriptor is closed, by whatever death, the kernel allows what waits: a gate of this kind fails open.</remarks>
[SupportedOSPlatform("linux")]
internal sealed unsafe class GateGroup : IDisposable
{
    private const int LargeFile = 0x8000;

    private GateGroup(int descriptor) => Descriptor = descriptor;

    public int Descriptor { get; private set; }

    /// <summary>The group, or in words why there is none.</summary>
    public static string? Open(out GateGroup? group)
    {
        group = null;
        if (FanotifyGroup.LackOfRights() is { } lack)
            return lack.Replace("watching files", "a gate", StringComparison.Ordinal).Replace("canary watch", "canary model guard", StringComparison.Ordinal);
        const uint Flags = GateFan.ClassPreContent | GateFan.UnlimitedQueue | GateFan.UnlimitedMarks | Fan.CloExec | Fan.NonBlock;
        int descriptor;
        try
        {
            descriptor = LibC.FanotifyInit(Flags, LargeFile | LibC.OCloExec | LibC.ONoAtime);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return "the C library has no fanotify_init";
        }

        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() is LibC.EInval or LibC.ENoSys
                ? "this kernel's fanotify asks nobody for permission; one built with CONFIG_FANOTIFY_ACCESS_PERMISSIONS is needed"
                : $"fanotify_init failed: {Marshal.GetLastPInvokeErrorMessage()}";
        }

        group = new GateGroup(descriptor);
        return null;
    }

    /// <summary>0, or the error. Adds to what the mark had.</summary>
    public int Mark(string path, ulong mask, bool follow = false)
    {
        fixed (byte* name = Bytes.Terminated(Bytes.Of(path)))
            return Result(LibC.FanotifyMark(Descriptor, Fan.MarkAdd | (follow ? 0 : GateFan.MarkDontFollow), mask, LibC.AtFdCwd, name));
    }

    /// <summary>The inode of a descriptor, which may be O_PATH.</summary>
    public int Mark(int descriptor, ulong mask) => Mark($"/proc/self/fd/{descriptor}", mask, follow: true);

    /// <summary>From now on the kernel answers yes by itself, until something is written to the file by a system call.</summary>
    public int Ignore(int descriptor, ulong mask) => Change(descriptor, Fan.MarkAdd | GateFan.MarkIgnore, mask);

    public int Heed(int descriptor, ulong mask) => Change(descriptor, Fan.MarkRemove | GateFan.MarkIgnore, mask);

    /// <summary>Lets the waiting process go on, and closes the event's descriptor.</summary>
    public void Allow(PermissionEvent asked) => Answer(asked, GateFan.Allow);

    public void Deny(PermissionEvent asked, int error) => Answer(asked, GateFan.DenyWith(error));

    public void Dispose()
    {
        if (Descriptor >= 0)
            _ = LibC.Close(Descriptor);
        Descriptor = -1;
    }

    private void Answer(PermissionEvent asked, uint answer)
    {
        Response response = new() { Descriptor = asked.Descriptor, Answer = answer };
        _ = GateCalls.Write(Descriptor, &response, sizeof(Response));
        // The number is how the kernel knows which event is meant: not before the answer.
        _ = LibC.Close(asked.Descriptor);
    }

    private int Change(int descriptor, uint flags, ulong mask)
    {
        fixed (byte* name = Bytes.Terminated(Bytes.Of($"/proc/self/fd/{descriptor}")))
            return Result(LibC.FanotifyMark(Descriptor, flags, mask, LibC.AtFdCwd, name));
    }

    private static int Result(int returned) => returned == 0 ? 0 : Marshal.GetLastPInvokeError();

    [StructLayout(LayoutKind.Sequential)]
    private struct Response
    {
        public int Descriptor;
        public uint Answer;
    }
}
