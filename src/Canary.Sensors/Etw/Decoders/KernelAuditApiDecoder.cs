using System.Globalization;
using Canary.Events;

namespace Canary.Sensors.Etw.Decoders;

/// <summary>
/// Microsoft-Windows-Kernel-Audit-API-Calls: processes and threads opened with rights that let one into another.
/// Layouts: jdu2600/Windows10EtwEvents, manifest/Microsoft-Windows-Kernel-Audit-API-Calls.tsv.
/// <code>
/// 5  u32 TargetProcessId, DesiredAccess, ReturnCode
/// 6  u32 TargetProcessId, TargetThreadId, DesiredAccess, ReturnCode
/// </code>
/// Refused opens are not told, as Sysmon's event 10 does not. A thread's rights are numbers of their own: they stand in the detail, so
/// that no rule takes them for a process's.
/// </summary>
internal sealed class KernelAuditApiDecoder : IEtwDecoder
{
    private const ushort OpenProcess = 5, OpenThread = 6;
    private const byte Newest = 0;

    // winnt.h: PROCESS_CREATE_THREAD, VM_OPERATION, VM_READ, VM_WRITE, DUP_HANDLE; GENERIC_ALL, _WRITE, _READ; MAXIMUM_ALLOWED.
    private const uint ProcessRights = 0x2 | 0x8 | 0x10 | 0x20 | 0x40, Generic = 0x10000000 | 0x40000000 | 0x80000000 | 0x02000000;

    // THREAD_SET_CONTEXT, SET_THREAD_TOKEN, IMPERSONATE.
    private const uint ThreadRights = 0x10 | 0x80 | 0x100;

    public EtwProvider Provider => EtwProvider.KernelAuditApi;

    public EtwOutcome Decode(in EtwRecord record, EtwState state, List<SensorEvent> into)
    {
        var header = record.Header;
        if (header.Id is not (OpenProcess or OpenThread))
            return EtwOutcome.NotOurs;
        bool isThread = header.Id == OpenThread;
        var reader = new PayloadReader(record);
        int target = reader.Pid();
        uint thread = isThread ? reader.U32() : 0, access = reader.U32(), status = reader.U32();
        if (reader.Failed)
            return reader.Outcome(header.Version, Newest);
        bool matters = (access & (Generic | (isThread ? ThreadRights : ProcessRights))) != 0;
        if ((int)status < 0 || !matters || target == header.Pid)
            return EtwOutcome.Taken;
        string detail = isThread ? string.Create(CultureInfo.InvariantCulture, $"thread {thread}, access 0x{access:x}") : "";
        var opened = state.Processes.KeyOf(target, header.AtNs);
        into.Add(new SystemActed(header.AtNs, state.Actor(header), SystemAct.OpenProcess, detail, opened, isThread ? 0 : access));
        return EtwOutcome.Taken;
    }
}
