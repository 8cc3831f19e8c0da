using System.Globalization;
using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Microsoft-Windows-Kernel-Process. Layouts: jdu2600/Windows10EtwEvents, manifest/Microsoft-Windows-Kernel-Process.tsv (V0–V2);
/// OTRF/OSSEM, etw-providers/Microsoft-Windows-Kernel-Process/events/event-1_v3.md, event-2_v2.md, event-15_v1.md.
/// <code>
/// 1 V0    u32 ProcessID, filetime CreateTime, u32 ParentProcessID, SessionID, wide ImageName
/// 1 V1/2, 15 V0  as V0, with u32 Flags before ImageName; V2 and 15 have more behind it (not read)
/// 1 V3/4, 15 V1/2  u32 ProcessID, u64 ProcessSequenceNumber, filetime CreateTime, u32 ParentProcessID, u64 ParentProcessSequenceNumber,
///         u32 SessionID, Flags, ProcessTokenElevationType, ProcessTokenIsElevated, sid MandatoryLabel, wide ImageName, … (not read)
/// 2 V0/1  u32 ProcessID, filetime CreateTime, ExitTime, u32 ExitCode, … (not read)
/// 2 V2    as V0, with u64 ProcessSequenceNumber behind ProcessID
/// 3       u32 ProcessID, ThreadID, ptr StackBase, StackLimit, UserStackBase, UserStackLimit, StartAddr, Win32StartAddr, …
/// 5       ptr ImageBase, ImageSize, u32 ProcessID, ImageCheckSum, TimeDateStamp, ptr DefaultBase, wide ImageName
/// </code>
/// </summary>
internal sealed class KernelProcessDecoder : IEtwDecoder
{
    private const ushort Start = 1, Stop = 2, ThreadStart = 3, ImageLoad = 5, Rundown = 15;
    private const byte NewestStart = 4, NewestStop = 2, NewestThread = 1, NewestImage = 0, NewestRundown = 2;
    private const int SystemPid = 4;

    public EtwProvider Provider => EtwProvider.KernelProcess;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into) => record.Header.Id switch
    {
        Start => Started(record, record.Header.Version >= 3, record.Header.Version >= 1, NewestStart, state, into),
        Rundown => Started(record, record.Header.Version >= 1, true, NewestRundown, state, into),
        Stop => Stopped(record, state, into),
        ThreadStart => Thread(record, state, into),
        ImageLoad => Image(record, state, into),
        _ => EtwOutcome.NotOurs,
    };

    private static EtwOutcome Started(in EtwRecord record, bool isNumbered, bool hasFlags, byte newest, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        int pid = reader.Pid();
        ulong sequence = isNumbered ? reader.U64() : 0;
        long created = reader.FileTime();
        int parent = reader.Pid();
        ulong parentSequence = isNumbered ? reader.U64() : 0;
        reader.U32();
        if (hasFlags)
            reader.U32();
        string? level = null;
        if (isNumbered)
        {
            reader.Skip(8);
            level = WindowsSid.IntegrityLevel(reader.Sid());
        }

        string image = reader.Text();
        if (reader.Failed)
            return reader.Outcome(header.Version, newest);
        state.Processes.Started(new EtwStart(StartHalves.Manifest, header.AtNs, pid, parent)
        {
            AlreadyRunning = header.Id == Rundown,
            Sequence = sequence,
            ParentSequence = parentSequence,
            CreateTime = created,
            ImagePath = image,
            IntegrityLevel = level,
            Cut = reader.Cut,
            Lossy = reader.Lossy,
        }, into);
        return EtwOutcome.Taken;
    }

    private static EtwOutcome Stopped(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        int pid = reader.Pid();
        ulong sequence = header.Version >= 2 ? reader.U64() : 0;
        reader.Skip(16);
        int exit = (int)reader.U32();
        if (!reader.Failed)
            state.Processes.Ended(pid, sequence, header.AtNs, exit, into);
        return reader.Outcome(header.Version, NewestStop);
    }

    // The event is written on the creator's thread: where that is of another process, code is brought in from outside. Assumed: the
    // event of a process comes before that of its first thread.
    private static EtwOutcome Thread(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        int pid = reader.Pid();
        reader.U32();
        reader.SkipPointers(5);
        ulong start = reader.Pointer();
        if (reader.Failed)
            return reader.Outcome(header.Version, NewestThread);
        var target = state.Processes.Find(pid, header.AtNs);
        bool isFirst = target is { HasThread: false };
        if (target is not null)
            target.HasThread = true;
        if (header.Pid == pid || IsKernel(header.Pid) || IsKernel(pid) || isFirst)
            return EtwOutcome.Taken;
        if (target is null)
        {
            state.Counts.UnknownTargets++;
            return EtwOutcome.Taken;
        }

        string detail = string.Create(CultureInfo.InvariantCulture, $"start 0x{start:x}");
        into.Add(new SystemActed(header.AtNs, state.Actor(header), SystemAct.CreateRemoteThread, detail, target.Key));
        return EtwOutcome.Taken;
    }

    private static EtwOutcome Image(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        var reader = new PayloadReader(record);
        reader.SkipPointers(2);
        int pid = reader.Pid();
        reader.Skip(8);
        reader.SkipPointers(1);
        var image = reader.Characters();
        if (reader.Failed)
            return reader.Outcome(header.Version, NewestImage);
        // Drivers are mapped into process 0.
        into.Add(new ImageMapped(header.AtNs, state.Processes.KeyOf(pid == 0 ? SystemPid : pid, header.AtNs), state.Paths.Dos(image)));
        return EtwOutcome.Taken;
    }

    private static bool IsKernel(int pid) => pid is 0 or SystemPid;
}
