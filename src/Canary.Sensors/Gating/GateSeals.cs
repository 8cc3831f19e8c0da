using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>Makes files that were compared whole immutable, has the kernel answer for them from then on, and takes both back.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateSeals(GateGroup group, GateReports reports, ModelGateOptions options, SealRecord? record, SealedOpens opens)
{
    private static readonly TimeSpan TriesAgainAfter = TimeSpan.FromSeconds(20);

    /// <summary>If everything in it is still as it was compared, and nobody has it open for writing.</summary>
    public void Seal(Watched file)
    {
        GateGuarantee? word = null;
        if (!options.Seals || !Monitor.TryEnter(file))
            return;
        try
        {
            if (file.IsSealed || file.Retired || file.Unsealable is not null || file.Reader < 0 || !file.Verdicts.IsComplete)
                return;
            if (Stopwatch.GetTimestamp() < file.SealsAfter)
                return;
            word = TrySeal(file, file.Reader);
            if (file.IsSealed)
            {
                file.Rest();
                opens.Watch(file.Handle);
                _ = group.Ignore(file.Handle, GateFan.Permissions);
            }
        }
        finally
        {
            Monitor.Exit(file);
        }

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

    private void Open(Watched file)
    {
        _ = group.Heed(file.Handle, GateFan.Permissions);
        opens.Leave(file.Handle);
        file.Guarantee = file.HasRanges ? FileGuarantee.Watched : FileGuarantee.CheckedAtOpen;
    }

    private unsafe GateGuarantee? TrySeal(Watched file, int descriptor)
    {
        if (GateLayers.IsView(descriptor))
            return Never(file, "it is a file of an overlay, which would be copied up for the immutable flag");
        // A lease for reading is had only while nobody can write, by a descriptor or by a mapping; and while it is held, nobody begins to.
        _ = GateCalls.FCntl(descriptor, GateCalls.FSetSig, GateCalls.SigUrg);
        if (GateCalls.FCntl(descriptor, GateCalls.FSetLease, GateCalls.ReadLease) != 0)
            return null;
        try
        {
            if (OpenFile.Of(descriptor) is not { } before || before.Stamp != file.Verdicts.Stamp)
                return null;
            bool recorded = record is not null && record.Holds(file.Id.Device, file.Id.Inode);
            if (before.Immutable)
            {
                (file.Guarantee, file.OwnSeal) = (FileGuarantee.Sealed, recorded);
                return new GateGuarantee(file.Path, FileGuarantee.Sealed, "it was immutable already");
            }

            if (record?.Add(file.Id.Device, file.Id.Inode, file.Path) is { } unwritten)
                return Later(file, unwritten);
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
            return new GateGuarantee(file.Path, FileGuarantee.Sealed, "all of its bytes are as the lock says, and nobody can change them");
        }
        finally
        {
            _ = GateCalls.FCntl(descriptor, GateCalls.FSetLease, GateCalls.NoLease);
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
        file.SealsAfter = Stopwatch.GetTimestamp() + (long)(TriesAgainAfter.TotalSeconds * Stopwatch.Frequency);
        return told ? null
            : new GateGuarantee(file.Path, file.Guarantee,
                $"not sealed: the record of seals cannot be written ({why}), and without it nobody could take the seal off after a crash; tried again");
    }

    private static bool Holds(Watched file) =>
        OpenFile.Of(file.Handle, withGeneration: false) is { Immutable: true } now
        && file.Verdicts.Stamp is { } sealedAs && now.Stamp == sealedAs with { Generation = 0 };
}
