using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// The kernel logger's Process class: the only source of command lines.
/// Layouts: https://learn.microsoft.com/windows/win32/etw/process-typegroup1 and the classes Process_V0 … Process_V4 of wmicore.mof.
/// <code>
/// V0     ptr ProcessId, ptr ParentId, sid, ansi ImageFileName
/// V1     ptr PageDirectoryBase, u32 ProcessId, ParentId, SessionId, ExitStatus, sid, ansi ImageFileName
/// V2     ptr UniqueProcessKey, u32 ProcessId, ParentId, SessionId, ExitStatus, sid, ansi ImageFileName, wide CommandLine
/// V3     as V2, with ptr DirectoryTableBase behind ExitStatus
/// V4     as V3, with u32 Flags behind DirectoryTableBase; behind CommandLine wide PackageFullName, ApplicationId (not read)
/// V5     of Defunct only: as V4, with u64 ExitTime at the end (not read)
/// </code>
/// </summary>
internal sealed class KernelLoggerProcessDecoder : IEtwDecoder
{
    private const byte Start = 1, End = 2, RunningAtStart = 3, RunningAtEnd = 4, Defunct = 39, Newest = 5;

    public EtwProvider Provider => EtwProvider.KernelLoggerProcess;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        if (header.Opcode is not (Start or End or RunningAtStart or Defunct))
            // RunningAtEnd is the list that a session writes when it is closed.
            return header.Opcode == RunningAtEnd ? EtwOutcome.Taken : EtwOutcome.NotOurs;
        var reader = new PayloadReader(record);
        int pid, parent, exit = 0;
        if (header.Version == 0)
        {
            pid = (int)reader.Pointer();
            parent = (int)reader.Pointer();
        }
        else
        {
            reader.SkipPointers(1);
            pid = reader.Pid();
            parent = reader.Pid();
            reader.U32();
            exit = (int)reader.U32();
        }

        if (header.Opcode is End or Defunct)
        {
            if (!reader.Failed)
                state.Processes.Ended(pid, 0, header.AtNs, exit, into);
            return reader.Outcome(header.Version, Newest);
        }

        if (header.Version >= 3)
            reader.SkipPointers(1);
        if (header.Version >= 4)
            reader.U32();
        var sid = reader.TokenUserSid();
        string image = reader.AnsiText();
        string? line = header.Version >= 2 ? reader.Text() : null;
        if (reader.Failed)
            return reader.Outcome(header.Version, Newest);
        state.Processes.Started(new EtwStart(StartHalves.Logger, header.AtNs, pid, parent)
        {
            AlreadyRunning = header.Opcode == RunningAtStart,
            ImageName = image,
            CommandLine = line,
            User = WindowsSid.Account(sid),
            Cut = reader.Cut,
            Lossy = reader.Lossy,
        }, into);
        return EtwOutcome.Taken;
    }
}
