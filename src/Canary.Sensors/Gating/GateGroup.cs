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

    private readonly GateLayers _layers = new();
    private volatile bool _namesNoError;

    private GateGroup(int descriptor) => Descriptor = descriptor;

    public int Descriptor { get; private set; }

    /// <summary>The group, or in words why there is none.</summary>
    /// <param name="inherited">One that the parent process opened for this one; -1 for none.</param>
    public static string? Open(int inherited, out GateGroup? group)
    {
        if (inherited >= 0)
        {
            // It is no child's of this process.
            _ = GateCalls.FCntl(inherited, GateCalls.FSetFd, GateCalls.CloExec);
            group = new GateGroup(inherited);
            return null;
        }

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
        if (!_layers.Admits(path, follow))
            return GateLayers.Mixed;
        fixed (byte* name = Bytes.Terminated(Bytes.Of(path)))
            return Result(LibC.FanotifyMark(Descriptor, Fan.MarkAdd | (follow ? 0 : GateFan.MarkDontFollow), mask, LibC.AtFdCwd, name));
    }

    /// <summary>The inode of a descriptor, which may be O_PATH.</summary>
    public int Mark(int descriptor, ulong mask) => Mark($"/proc/self/fd/{descriptor}", mask, follow: true);

    /// <summary>From now on the kernel answers yes by itself, until something is written to the file by a system call.</summary>
    public int Ignore(int descriptor, ulong mask) => Change(descriptor, Fan.MarkAdd | GateFan.MarkIgnore, mask);

    public int Heed(int descriptor, ulong mask) => Change(descriptor, Fan.MarkRemove | GateFan.MarkIgnore, mask);

    public int Unmark(int descriptor, ulong mask) => Change(descriptor, Fan.MarkRemove, mask);

    /// <summary>Takes all marks away: the kernel asks nothing more, whoever else holds the group.</summary>
    public void UnmarkAll()
    {
        fixed (byte* anywhere = "/\0"u8)
            _ = LibC.FanotifyMark(Descriptor, Fan.MarkFlush, 0, LibC.AtFdCwd, anywhere);
    }

    /// <summary>Lets the waiting process go on, and closes the event's descriptor.</summary>
    public void Allow(PermissionEvent asked) => Answer(asked.Descriptor, GateFan.Allow);

    public void Deny(PermissionEvent asked, int error) => Answer(asked.Descriptor, GateFan.DenyWith(error));

    /// <summary>The same for a question that the caller holds. Somebody else may have answered it; it is closed all the same.</summary>
    public void Allow(Question asked) => Answer(asked, GateFan.Allow);

    public void Deny(Question asked, int error) => Answer(asked, GateFan.DenyWith(error));

    /// <summary>Closes a question that was answered.</summary>
    public static void Close(Question asked) => _ = LibC.Close(asked.Descriptor);

    /// <summary>The answer to a question that somebody else holds. False: it was answered already.</summary>
    /// <param name="error">0 to allow.</param>
    public bool Cut(Question asked, int error)
    {
        if (!asked.Claim())
            return false;
        Write(asked.Descriptor, error == 0 ? GateFan.Allow : GateFan.DenyWith(error));
        return true;
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
            _ = LibC.Close(Descriptor);
        Descriptor = -1;
    }

    /// <summary>Answers a question by the number that its descriptor had in another process. False: there is none of that number.</summary>
    public bool TryDeny(int number, int error) => Write(number, GateFan.DenyWith(error));

    private void Answer(Question asked, uint answer)
    {
        if (asked.Claim())
            Answer(asked.Descriptor, answer);
        else
            _ = LibC.Close(asked.Descriptor);
    }

    private void Answer(int descriptor, uint answer)
    {
        Write(descriptor, answer);
        // The number is how the kernel knows which event is meant: not before the answer.
        _ = LibC.Close(descriptor);
    }

    private bool Write(int descriptor, uint answer)
    {
        if (_namesNoError && answer != GateFan.Allow)
            answer = GateFan.Deny;
        Response response = new() { Descriptor = descriptor, Answer = answer };
        if (GateCalls.Write(Descriptor, &response, sizeof(Response)) == sizeof(Response))
            return true;
        if (answer is GateFan.Allow or GateFan.Deny || Marshal.GetLastPInvokeError() != LibC.EInval)
            return false;
        // Linux before 6.13 takes no error, and whoever asked would wait for ever.
        _namesNoError = true;
        return Write(descriptor, answer);
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
