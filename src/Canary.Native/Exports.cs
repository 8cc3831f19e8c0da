using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Canary.Native;

/// <summary>The functions of canary_verify.h. Nothing is thrown into the caller.</summary>
internal static unsafe class Exports
{
    /// <summary>A multiple of a chunk that a span can hold.</summary>
    private const long Window = 1L << 30;

    private static readonly OpenModels Models = new();

    [UnmanagedCallersOnly(EntryPoint = "canary_abi_version")]
    public static int AbiVersion() => 1;

    [UnmanagedCallersOnly(EntryPoint = "canary_open")]
    public static long Open(byte* lockPath, byte* model)
    {
        try
        {
            if (Marshal.PtrToStringUTF8((nint)lockPath) is not { Length: > 0 } from || Marshal.PtrToStringUTF8((nint)model) is not { Length: > 0 } name)
                return (long)LastWords.Say(VerifyOutcome.BadArgument, "no path of a lock, or none of a model");
            LibraryPlace.Tell((nint)(delegate* unmanaged<int>)&AbiVersion);
            var outcome = LockedModel.Find(from, name, out var found, out string words);
            if (found is null)
                return (long)LastWords.Say(outcome, words);
            long handle = Models.Add(new RangeVerifier(found));
            return handle > 0 ? handle : (long)LastWords.Say(VerifyOutcome.TooMany, "too many models are open");
        }
        catch (Exception e)
        {
            return (long)LastWords.Say(VerifyOutcome.Failed, e.GetType().Name);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "canary_size")]
    public static long Size(long handle)
    {
        try
        {
            return Models.TryGet(handle, out var model) ? model.Length : (long)NoHandle();
        }
        catch (Exception e)
        {
            return (long)LastWords.Say(VerifyOutcome.Failed, e.GetType().Name);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "canary_align")]
    public static int Align(long handle, ulong offset, ulong length, ulong* start, ulong* aligned)
    {
        try
        {
            if (!Models.TryGet(handle, out var model))
                return (int)NoHandle();
            if (start is null || aligned is null)
                return (int)LastWords.Say(VerifyOutcome.BadArgument, "nowhere to write the range");
            if (!model.Covers(offset, length))
                return (int)LastWords.Say(VerifyOutcome.NotCovered, "the range ends behind the end of the locked file");
            (long from, long bytes) = model.Aligned((long)offset, (long)length);
            (*start, *aligned) = ((ulong)from, (ulong)bytes);
            return (int)VerifyOutcome.Verified;
        }
        catch (Exception e)
        {
            return (int)LastWords.Say(VerifyOutcome.Failed, e.GetType().Name);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "canary_verify_range")]
    public static int VerifyRange(long handle, ulong offset, byte* buffer, ulong length)
    {
        try
        {
            if (!Models.TryGet(handle, out var model))
                return (int)NoHandle();
            if (buffer is null && length > 0)
                return (int)LastWords.Say(VerifyOutcome.BadArgument, "no buffer");
            if (!model.Covers(offset, length))
                return (int)LastWords.Say(VerifyOutcome.NotCovered, "the range ends behind the end of the locked file");
            return (int)VerifyWindows(model, (long)offset, buffer, (long)length);
        }
        catch (Exception e)
        {
            return (int)LastWords.Say(VerifyOutcome.Failed, e.GetType().Name);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "canary_pending")]
    public static long Pending(long handle)
    {
        try
        {
            return Models.TryGet(handle, out var model) ? model.Pending : (long)NoHandle();
        }
        catch (Exception e)
        {
            return (long)LastWords.Say(VerifyOutcome.Failed, e.GetType().Name);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "canary_close")]
    public static int Close(long handle)
    {
        try
        {
            return Models.Remove(handle) ? (int)VerifyOutcome.Verified : (int)NoHandle();
        }
        catch (Exception e)
        {
            return (int)LastWords.Say(VerifyOutcome.Failed, e.GetType().Name);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "canary_last_error")]
    public static nuint LastError(byte* buffer, nuint size)
    {
        try
        {
            string words = LastWords.Of;
            if (buffer is not null && size > 0)
            {
                // A character that does not fit whole is left out.
                Utf8.FromUtf16(words, new Span<byte>(buffer, (int)Math.Min(size - 1, int.MaxValue)), out _, out int written);
                buffer[written] = 0;
            }

            return (nuint)Encoding.UTF8.GetByteCount(words);
        }
        catch (Exception)
        {
            return 0;
        }
    }

    // A window starts and ends between chunks, but for the range's own edges: no chunk is cut that came whole.
    private static VerifyOutcome VerifyWindows(RangeVerifier model, long offset, byte* buffer, long length)
    {
        var worst = VerifyOutcome.Verified;
        string words = "";
        while (length > 0)
        {
            int most = (int)Math.Min(length, Window - offset % Window);
            var outcome = model.Verify(offset, new ReadOnlySpan<byte>(buffer, most), out words);
            if (outcome is not (VerifyOutcome.Verified or VerifyOutcome.Incomplete))
                return LastWords.Say(outcome, words);
            worst = outcome == VerifyOutcome.Incomplete ? outcome : worst;
            offset += most;
            buffer += most;
            length -= most;
        }

        return LastWords.Say(worst, worst == VerifyOutcome.Incomplete ? "bytes at an edge wait for the rest of their chunk" : "");
    }

    private static VerifyOutcome NoHandle() => LastWords.Say(VerifyOutcome.BadHandle, "no open model has this handle");
}
