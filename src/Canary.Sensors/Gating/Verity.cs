using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Canary.Sensors.Gating;

/// <summary>fs-verity, as linux/fsverity.h has it: a hash tree beside a file that is read-only from then on.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class Verity
{
    private const nuint Enable = 0x40806685;
    private const int Sha256 = 1, BlockBytes = 4096;

    // linux/errno.h
    private const int EPerm = 1, EIntr = 4, EAccess = 13, EBusy = 16, EExist = 17, EInval = 22, ENoTty = 25, ETxtBsy = 26, ENoSpc = 28, ERoFs = 30, EDQuot = 122;

    /// <summary>Makes the tree, for which the kernel reads the whole file. Only the death of this process ends it before.</summary>
    /// <returns>0, also where the file had one already, or the error.</returns>
    public static int TryEnable(int descriptor)
    {
        var wanted = new EnableArgument { Version = 1, Algorithm = Sha256, BlockSize = BlockBytes };
        if (GateCalls.IoCtl(descriptor, Enable, (int*)&wanted) == 0)
            return 0;
        int error = Marshal.GetLastPInvokeError();
        return error == EExist ? 0 : error;
    }

    /// <summary>Whether it may go well at another time.</summary>
    public static bool MayPass(int error) => error is EIntr or EBusy or ETxtBsy or ENoSpc or EDQuot;

    /// <summary>Why there is none, and the way out where there is one.</summary>
    public static string Reason(int error) => error switch
    {
        GateCalls.EOpNotSupp => "the filesystem has not been given it (ext4 and f2fs: tune2fs -O verity, or when it is made)",
        ENoTty or EInval => "the kernel or the filesystem has none",
        EPerm or EAccess => "it was refused: Canary may not write to the file (CAP_DAC_OVERRIDE)",
        ERoFs => "the mount that it was opened through is read-only",
        ENoSpc or EDQuot => "there is no room for its hash tree",
        ETxtBsy => "somebody has the file open for writing",
        _ => Marshal.GetPInvokeErrorMessage(error),
    };

    /// <summary>struct fsverity_enable_arg.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct EnableArgument
    {
        public uint Version;
        public uint Algorithm;
        public uint BlockSize;
    }
}
