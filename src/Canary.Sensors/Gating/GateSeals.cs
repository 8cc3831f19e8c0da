using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>Keeps files that were compared whole as they are, has the kernel answer for them from then on, and takes back what can be taken back.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateSeals(GateGroup group, GateReports reports, ModelGateOptions options, SealRecord? record, SealedOpens opens)
{
    private const string HeldByVerity =
        "all of its bytes are as the lock says, and fs-verity holds them so, for good: nobody can write to it, and what the disk gives is held against a hash tree";

    private static readonly TimeSpan TriesAgainAfter = TimeSpan.FromSeconds(20);

    /// <summary>If everything in it is still as it was compared, and nobody has it open for writing.</summary>
    public void Seal(Watched file)
    {
        GateGuarantee? word = null;
        if (options.Seal == ModelSeal.None || !Monitor.TryEnter(file))
            return;
        try
        {
            if (!IsDue(file) || (options.Seal == ModelSeal.Verity && file.NoVerity is null))
                return;
            word = TrySeal(file, file.Reader);
            if (file.IsSealed)
                Close(file);
        }
        finally
        {
            Monitor.Exit(file);
        }

        if (word is not null)
            reports.Say(word);
    }

    /// <summary>
    /// As <see cref="Seal"/>, by fs-verity. For a large file that takes as long as hashing it, so that nothing else may wait for the caller's
    /// thread, and the file is in nobody's hands meanwhile.
    /// </summary>
    public void SealForGood(Watched file)
    {
        int descriptor;
        FileStamp compared;
        lock (file)
        {
            if (!IsDue(file) || file.NoVerity is not null || file.Verdicts.Stamp is not { } stamp)
                return;
            compared = stamp;
            descriptor = GateCalls.FCntl(file.Reader, GateCalls.FDupCloExec, 0);
        }

        if (descriptor < 0)
            return;
        GateGuarantee? word = null;
        int error = Fix(descriptor, compared);
        // The tree was made of what the disk gave a second time.
        if (error == 0 && !ChunkReader.IsWhole(descriptor, file.File))
            error = -1;
        lock (file)
        {
            if (error == 0)
                word = Fixed(file, compared);
            else if (error > 0 && Verity.MayPass(error))
                word = Later(file, $"fs-verity: {Verity.Reason(error)}");
            else if (error > 0)
                file.NoVerity = Verity.Reason(error);
        }

        _ = LibC.Close(descriptor);
        if (word is not null)
            reports.Say(word);
    }

    /// <summary>Whether the seal still holds; where it does not, nothing that was known of the file does.</summary>
    public void Look(Watched file)
    {
        if (!Monitor.TryEnter(file))
            return;
        try
        {
            if (!file.IsSealed || Holds(file))
                return;
            Open(file);
            file.Forget();
            file.OwnSeal = false;
            record?.Remove(file.Id.Device, file.Id.Inode);
        }
        finally
        {
            Monitor.Exit(file);
        }

        reports.Say(new GateGuarantee(file.Path, file.Guarantee, "its seal was broken: its bytes are compared anew"));
        reports.Health("seal", 1, $"the immutable flag of {file.Path} was taken off by another; what has it mapped may see other bytes");
    }

    /// <summary>The kernel asks again about every open and read of it, and the flag that a gate set goes.</summary>
    public void Break(Watched file)
    {
        lock (file)
        {
            if (file.IsSealed)
                Open(file);
            if (Undo(file))
                record?.Remove(file.Id.Device, file.Id.Inode);
        }
    }

    /// <summary>Takes off the flag that was set by a gate. False: there is none, or it stays. The record is the caller's to bring up to date.</summary>
    public bool Undo(Watched file)
    {
        lock (file)
        {
            if (!file.OwnSeal)
                return false;
            file.OwnSeal = false;
            if (Unseal($"/proc/self/fd/{file.Handle}") is not { } failure)
                return true;
            reports.Health("seal", 1, $"{file.Path} stays immutable: {failure}; canary model unseal takes the flag off");
            return false;
        }
    }

    /// <summary>Null when the flag is off now, else why it is not.</summary>
    public static unsafe string? Unseal(string path)
    {
        int descriptor;
        fixed (byte* name = Bytes.Terminated(Bytes.Of(path)))
            descriptor = LibC.Open(name, LibC.OCloExec | LibC.ONonBlock, 0);
        if (descriptor < 0)
            return Marshal.GetLastPInvokeErrorMessage();
        try
        {
            int flags = 0;
            if (GateCalls.IoCtl(descriptor, GateCalls.GetFlags, &flags) != 0)
                return Marshal.GetLastPInvokeErrorMessage();
            if ((flags & GateCalls.Immutable) == 0)
                return null;
            flags &= ~GateCalls.Immutable;
            return GateCalls.IoCtl(descriptor, GateCalls.SetFlags, &flags) == 0 ? null : Marshal.GetLastPInvokeErrorMessage();
        }
        finally
        {
            _ = LibC.Close(descriptor);
        }
    }

    private static bool IsDue(Watched file) =>
        !file.IsSealed && !file.Retired && file.MayBeSealed && file.Reader >= 0 && file.Verdicts.IsComplete
        && Stopwatch.GetTimestamp() >= file.SealsAfter;

    /// <summary>Null where what was compared is no longer what there is: it is compared anew, and then found as it is.</summary>
    private GateGuarantee? Fixed(Watched file, FileStamp compared)
    {
        if (file.IsSealed || file.Retired || file.Reader < 0 || !file.Verdicts.IsComplete || file.Verdicts.Stamp != compared
            || OpenFile.Of(file.Reader) is not { Verity: true } after || after.Stamp.Size != compared.Size)
            return null;
        file.Verdicts.Restamp(after.Stamp);
        (file.Guarantee, file.ForGood) = (FileGuarantee.Sealed, true);
        Close(file);
        return new GateGuarantee(file.Path, FileGuarantee.Sealed, HeldByVerity);
    }

    // 0, an error, or less than 0 where it is to be tried again without a word.
    private static int Fix(int descriptor, FileStamp compared)
    {
        if (GateLayers.IsView(descriptor))
            return GateCalls.EOpNotSupp;
        if (!Lease(descriptor))
            return -1;
        try
        {
            // From the tree on, nobody writes whatever becomes of the lease.
            return OpenFile.Of(descriptor) is not { } before || before.Stamp != compared ? -1 : before.Verity ? 0 : Verity.TryEnable(descriptor);
        }
        finally
        {
            EndLease(descriptor);
        }
    }

    /// <summary>At this moment, as far as its filesystem can say.</summary>
    public static bool NobodyWrites(int descriptor)
    {
        if (!Lease(descriptor))
            return Marshal.GetLastPInvokeError() != GateCalls.EAgain;
        EndLease(descriptor);
        return true;
    }

    // A lease for reading is had only while nobody can write, by a descriptor or by a mapping; and while it is held, nobody begins to.
    private static bool Lease(int descriptor)
    {
        _ = GateCalls.FCntl(descriptor, GateCalls.FSetSig, GateCalls.SigUrg);
        return GateCalls.FCntl(descriptor, GateCalls.FSetLease, GateCalls.ReadLease) == 0;
    }

    private static void EndLease(int descriptor) => _ = GateCalls.FCntl(descriptor, GateCalls.FSetLease, GateCalls.NoLease);

    private void Close(Watched file)
    {
        file.Rest();
        if (file.ForGood)
        {
            // Another model may get its name, and it another's: each open is a question still.
            if (file.HasRanges)
                _ = group.Ignore(file.Handle, GateFan.PreAccess);
            return;
        }

        opens.Watch(file.Handle);
        _ = group.Ignore(file.Handle, GateFan.Permissions);
    }

    private void Open(Watched file)
    {
        file.ForGood = false;
        _ = group.Heed(file.Handle, GateFan.Permissions);
        opens.Leave(file.Handle);
        file.Guarantee = file.HasRanges ? FileGuarantee.Watched : FileGuarantee.CheckedAtOpen;
    }

    private unsafe GateGuarantee? TrySeal(Watched file, int descriptor)
    {
        if (GateLayers.IsView(descriptor))
            return Never(file, "it is a file of an overlay, which would be copied up for the immutable flag");
        if (!Lease(descriptor))
            return null;
        try
        {
            if (OpenFile.Of(descriptor) is not { } before || before.Stamp != file.Verdicts.Stamp)
                return null;
            if (before.Verity)
            {
                (file.Guarantee, file.ForGood) = (FileGuarantee.Sealed, true);
                return new GateGuarantee(file.Path, FileGuarantee.Sealed, HeldByVerity);
            }

            bool recorded = record is not null && record.Holds(file.Id.Device, file.Id.Inode);
            if (before.Immutable)
            {
                (file.Guarantee, file.OwnSeal) = (FileGuarantee.Sealed, recorded);
                return new GateGuarantee(file.Path, FileGuarantee.Sealed, "it was immutable already");
            }

            if (record?.Add(file.Id.Device, file.Id.Inode, file.Path) is { } unwritten)
                return Later(file, $"the record of seals cannot be written ({unwritten}), and without it nobody could take the seal off after a crash");
            int flags = 0;
            if (GateCalls.IoCtl(descriptor, GateCalls.GetFlags, &flags) != 0)
                return Never(file, $"its filesystem has no immutable flag ({Marshal.GetLastPInvokeErrorMessage()})");
            flags |= GateCalls.Immutable;
            if (GateCalls.IoCtl(descriptor, GateCalls.SetFlags, &flags) != 0)
                return Never(file, $"the immutable flag was refused ({Marshal.GetLastPInvokeErrorMessage()})");
            file.OwnSeal = true;
            if (OpenFile.Of(descriptor) is not { } after || !after.Immutable)
                return Never(file, "the immutable flag did not stay");
            file.Verdicts.Restamp(after.Stamp);
            file.Guarantee = FileGuarantee.Sealed;
            return new GateGuarantee(file.Path, FileGuarantee.Sealed, "all of its bytes are as the lock says, and nobody can change them"
                + (file.NoVerity is { } lack ? $": by the immutable flag, since there is no fs-verity for it; {lack}" : ""));
        }
        finally
        {
            EndLease(descriptor);
        }
    }

    private GateGuarantee Never(Watched file, string why)
    {
        record?.Remove(file.Id.Device, file.Id.Inode);
        file.Unsealable = why;
        return new GateGuarantee(file.Path, file.Guarantee, why);
    }

    // A full disk may have room again. Said once, and not every time.
    private static GateGuarantee? Later(Watched file, string why)
    {
        bool told = file.SealsAfter != 0;
        file.SealsAfter = Watched.In(TriesAgainAfter);
        return told ? null
            : new GateGuarantee(file.Path, file.Guarantee, $"not sealed: {why}; tried again");
    }

    private static bool Holds(Watched file)
    {
        if (OpenFile.Of(file.Handle, withGeneration: false) is not { } now || file.Verdicts.Stamp is not { } sealedAs)
            return false;
        if (!now.Verity)
            return now.Immutable && now.Stamp == sealedAs with { Generation = 0 };
        // Its owner, its rights and its names may change, and move ctime; its bytes cannot.
        file.Verdicts.Restamp(now.Stamp with { Generation = sealedAs.Generation });
        return true;
    }
}
