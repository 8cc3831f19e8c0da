using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Session;

namespace Canary.Sensors.Etw;

/// <summary>
/// A private real-time session of TraceEvent's. Its callback copies the payload into the ring and does nothing else: a callback that
/// opens a file or waits for a lock makes the kernel drop events (rustinel#298, #305, #365).
/// </summary>
/// <remarks>The name is a private one: for <c>NT Kernel Logger</c> TraceEvent loads a library that an AOT binary has not.</remarks>
[SupportedOSPlatform("windows")]
internal sealed class EtwSession(string name, string lossClass, IReadOnlyList<EtwSubscription> subscriptions, EtwSessionSize size) : IEtwSession
{
    private static readonly TimeSpan FlushEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AsksLossesEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitsForFirst = TimeSpan.FromSeconds(3);

    // ERROR_CALL_NOT_IMPLEMENTED: what Wine answers.
    private const int NotImplemented = unchecked((int)0x80070078);

    private readonly ManualResetEventSlim _first = new();
    private readonly CancellationTokenSource _stop = new();
    private TraceEventSession? _session;
    private Thread? _reader, _ticker;
    private long _lost;
    private volatile bool _running;

    public string Class => lossClass;

    public EtwRing Ring { get; } = new(size.RingBytes);

    public long Lost => Interlocked.Read(ref _lost);

    public bool IsRunning => _running;

    public string? Start()
    {
        try
        {
            if (Open() is { } why)
                return why;
        }
        catch (TypeInitializationException e)
        {
            // TraceEvent's own look at the system: Windows 10 or later.
            return $"{(e.InnerException ?? e).Message.Trim().TrimEnd('.')} for ETW";
        }
        catch (COMException e) when (e.HResult == NotImplemented)
        {
            Dispose();
            return EtwWords.Stub;
        }
        catch (Exception e) when (e is COMException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException
            or EntryPointNotFoundException or DllNotFoundException or ApplicationException or System.ComponentModel.Win32Exception)
        {
            Dispose();
            return $"ETW refused the session {name}: {e.Message.Trim().TrimEnd('.')}. If eight system loggers run already (logman query -ets), stop one";
        }

        _running = true;
        _reader = new Thread(Read) { Name = name, IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _reader.Start();
        _ticker = new Thread(Tick) { Name = name + " flush", IsBackground = true };
        _ticker.Start();
        // The rundown of running processes comes at once; where nothing comes there is no ETW behind the functions.
        if (size.WithKernelProcesses && !_first.Wait(WaitsForFirst))
        {
            Dispose();
            return EtwWords.Stub;
        }

        return null;
    }

    public void Dispose()
    {
        _running = false;
        _stop.Cancel();
        if (_session is not null)
            End();
    }

    // By itself, so that nothing of TraceEvent's is touched where it could not be loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void End()
    {
        _session?.Dispose();
        _session = null;
    }

    // By itself, so that what TraceEvent's loading throws is thrown at the call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private string? Open()
    {
        if (TraceEventSession.IsElevated() != true)
            return EtwWords.Administrator;
        // One of this name that a killed Canary left is taken over by creating it anew.
        _session = new TraceEventSession(name, TraceEventSessionOptions.Create) { BufferSizeMB = size.BuffersMb, BufferQuantumKB = size.BufferKb, StopOnDispose = true };
        if (size.WithKernelProcesses)
            _session.EnableKernelProvider(KernelTraceEventParser.Keywords.Process);
        foreach (var subscription in subscriptions)
            Enable(_session, subscription);
        _session.Source.AllEvents += Take;
        return null;
    }

    private static void Enable(TraceEventSession session, EtwSubscription subscription)
    {
        var options = new TraceEventProviderOptions();
        if (subscription.Ids.Count > 0)
            options.EventIDsToEnable = [.. subscription.Ids];
        session.EnableProvider(EtwProviders.IdOf(subscription.Provider), TraceEventLevel.Verbose, subscription.Keywords, options);
    }

    private void Take(TraceEvent e)
    {
        _first.Set();
        var provider = EtwProviders.Of(e.IsClassicProvider ? e.TaskGuid : e.ProviderGuid);
        if (provider == EtwProvider.None)
            return;
        ushort id = e.IsClassicProvider ? (ushort)0 : (ushort)e.ID;
        var header = new EtwHeader(provider, id, (byte)e.Version, (byte)e.Opcode, e.ProcessID, e.ThreadID, QpcClock.Ns(Counter(e)), (byte)e.PointerSize);
        unsafe
        {
            Ring.TryWrite(header, new ReadOnlySpan<byte>((void*)e.DataStart, e.EventDataLength));
        }
    }

    // Milliseconds since the session's start, which TraceEvent would rather give, are of another zero in each session: two could not be merged.
#pragma warning disable CS0618
    private static long Counter(TraceEvent e) => e.TimeStampQPC;
#pragma warning restore CS0618

    private void Read()
    {
        try
        {
            _session?.Source.Process();
        }
        catch (Exception e) when (e is COMException or System.ComponentModel.Win32Exception or ObjectDisposedException or NullReferenceException)
        {
            // IsRunning says it.
        }

        _running = false;
    }

    // TraceEvent's own timer flushes once a second; lineage and alerts are not to wait that long.
    private void Tick()
    {
        long asked = 0;
        while (!_stop.Token.WaitHandle.WaitOne(FlushEvery))
        {
            try
            {
                _session?.Flush();
                if (System.Diagnostics.Stopwatch.GetElapsedTime(asked) >= AsksLossesEvery && _session is { } session)
                {
                    asked = System.Diagnostics.Stopwatch.GetTimestamp();
                    Interlocked.Exchange(ref _lost, session.EventsLost);
                }
            }
            catch (Exception e) when (e is COMException or System.ComponentModel.Win32Exception or ObjectDisposedException or NullReferenceException)
            {
                return;
            }
        }
    }
}

/// <summary>Buffers of a session.</summary>
/// <param name="BuffersMb">The kernel's, all together. Small defaults lost 41.8 % of 7,500 process starts (rustinel#305).</param>
/// <param name="BufferKb">One of them: a small one is full, and delivered, sooner.</param>
internal sealed record EtwSessionSize(int BuffersMb, int BufferKb, int RingBytes, bool WithKernelProcesses)
{
    public static readonly EtwSessionSize Processes = new(8, 32, 4 << 20, WithKernelProcesses: true);

    public static readonly EtwSessionSize Rest = new(64, 256, 16 << 20, WithKernelProcesses: false);
}
