using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Canary.Models.Gating;
using Canary.Sensors.Fanotify;

namespace Canary.Sensors.Gating;

/// <summary>Makes files that were compared whole immutable, has the kernel answer for them from then on, and takes both back.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GateSeals(GateGroup group, GateReports reports, ModelGateOptions options, SealRecord? record, SealedOpens opens)
{
    /// <summary>If everything in it is still as it was compared, and nobody has it open for writing.</summary>
    public void Seal(Watched file)
    {
        GateGuarantee? word = null;
        lock (file)
        {
            if (file.IsSealed || file.Unsealable is not null || !options.Seals || file.Reader < 0 || !file.Verdicts.IsComplete)
                return;
            word = TrySeal(file, file.Reader);
            if (file.IsSealed)
            {
                file.Rest();
                opens.Watch(file.Handle);
                _ = group.Ignore(file.Handle, GateFan.Permissions);
            }
        }

        if (word is not null)
            reports.Say(word);
    }

    /// <summary>Whether the seal still holds; where it does not, nothing that was known of the file does.</summary>
    public void Look(Watched file)
    {
        lock (file)
        {
            if (!file.IsSealed || Holds(file))
                return;
            _ = group.Heed(file.Handle, GateFan.Permissions);
            opens.Leave(file.Handle);
            file.Forget();
            (file.Guarantee, file.OwnSeal) = (file.HasRanges ? FileGuarantee.Watched : FileGuarantee.CheckedAtOpen, false);
            record?.Remove(file.Id.Device, file.Id.Inode);
        }

        reports.Say(new GateGuarantee(file.Path, file.Guarantee, "its seal was broken: its bytes are compared anew"));
        reports.Health("seal", 1, $"the immutable flag of {file.Path} was taken off by another; what has it mapped may see other bytes");
    }

    /// <summary>Takes off the flag that was set by a gate.</summary>
    public void Undo(Watched file)
    {
        lock (file)
        {
            if (!file.OwnSeal)
                return;
            if (Unseal($"/proc/self/fd/{file.Handle}") is { } failure)
                reports.Health("seal", 1, $"{file.Path} stays immutable: {failure}; canary model unseal takes the flag off");
            else
                record?.Remove(file.Id.Device, file.Id.Inode);
            file.OwnSeal = false;
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

    private unsafe GateGuarantee? TrySeal(Watched file, int descriptor)
    {
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

            if (record is not null && !record.Add(file.Id.Device, file.Id.Inode, file.Path))
                return Never(file, "the record of seals cannot be written");
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

    private static bool Holds(Watched file) =>
        OpenFile.Of(file.Handle, withGeneration: false) is { Immutable: true } now && file.Verdicts.Stamp is { } sealedAs && now.Stamp == sealedAs with { Generation = 0 };
}
