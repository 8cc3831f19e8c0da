using System.Runtime.Versioning;
using Canary.Events;

namespace Canary.Sensors.Gating;

/// <summary>
/// What a gate left that did not come to its end: said in words, and its seals are this one's to take off. Nothing that it had found is
/// believed.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SealTakeover(WatchedFiles files, GateReports reports, SealRecord? record)
{
    public void Run()
    {
        if (record is null)
            return;
        int sealedNow = 0, undone = 0, before = record.Gate;
        foreach (var (device, inode, path) in record.All)
        {
            if (files.Find(new FileId(device, inode)) is not { } file)
            {
                reports.Health("seal", 1, $"an earlier gate sealed {path}, which this one does not guard: canary model unseal takes the flag off");
            }
            else if (OpenFile.Of(file.Handle, withGeneration: false) is { Immutable: true })
            {
                file.OwnSeal = true;
                sealedNow++;
            }
            else
            {
                // Written down, and then it died; or somebody took the flag off.
                record.Remove(device, inode);
                undone++;
            }
        }

        if (before != 0 && before != Environment.ProcessId)
        {
            reports.Health("gate", 1, $"an earlier gate (process {before}) did not come to its end. "
                + $"Meanwhile nothing was compared, unless it was set to refuse. {sealedNow} files are immutable from then, {undone} were about to be or "
                + "were unsealed by hand: the bytes of all are compared anew, and nothing that was half done counts");
        }

        if (record.Stand(Environment.ProcessId) is { } unwritten)
            reports.Health("seal", 1, $"the record of seals cannot be written ({unwritten}): "
                + "nothing is sealed until it can, and if this gate dies, the next will not know");
    }
}
