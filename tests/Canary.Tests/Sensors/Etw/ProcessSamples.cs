using Canary.Events;
using Canary.Sensors.Etw;
using Xunit;
using static Canary.Tests.Sensors.Etw.EtwSamples;

namespace Canary.Tests.Sensors.Etw;

internal static class ProcessSamples
{
    private const string Line = @"""C:\Windows\System32\cmd.exe"" /c dir";

    public static IEnumerable<EtwSample> All(byte size)
    {
        for (byte version = 0; version <= 4; version++)
        {
            byte v = version;
            foreach (var (opcode, word) in new (byte, string)[] { (1, "start"), (3, "running") })
            {
                yield return new EtwSample($"logger {word} V{v}", Header(EtwProvider.KernelLoggerProcess, 0, v, size, opcode),
                    LoggerStart(v, size).Bytes, LoggerTail(v, size),
                    (events, _) => Logger(Assert.IsType<ProcessExecuted>(Assert.Single(events)), v, opcode));
            }

            yield return new EtwSample($"logger end V{v}", Header(EtwProvider.KernelLoggerProcess, 0, v, size, 2), LoggerHead(v, size).Bytes,
                LoggerRest(v, new PayloadBuilder(size)).Bytes, (events, _) => Assert.Empty(events));
        }

        yield return new EtwSample("logger defunct V5", Header(EtwProvider.KernelLoggerProcess, 0, 5, size, 39),
            LoggerHead(5, size).Bytes, [.. LoggerRest(5, new PayloadBuilder(size)).Bytes, .. LoggerTail(5, size)],
            (events, _) => Assert.Empty(events));

        for (byte version = 0; version <= 4; version++)
        {
            byte v = version;
            yield return new EtwSample($"process start V{v}", Header(EtwProvider.KernelProcess, 1, v, size), Start(v >= 3, v >= 1, size), StartTail(v, size),
                (events, _) => Manifest(Assert.IsType<ProcessExecuted>(Assert.Single(events)), v >= 3, false));
        }

        for (byte version = 0; version <= 2; version++)
        {
            byte v = version;
            yield return new EtwSample($"process rundown V{v}", Header(EtwProvider.KernelProcess, 15, v, size),
                Start(v >= 1, true, size), StartTail((byte)(v + 2), size),
                (events, _) => Manifest(Assert.IsType<ProcessExecuted>(Assert.Single(events)), v >= 1, true));
            var stop = new PayloadBuilder(size).U32(4321);
            if (v >= 2)
                stop.U64(90001);
            stop.U64(Created).U64(Created + 9).U32(0xc000013a);
            yield return new EtwSample($"process stop V{v}", Header(EtwProvider.KernelProcess, 2, v, size), stop.Bytes,
                new PayloadBuilder(size).U32(1, 2).U64(3).U64(4).Ansi("cmd.exe").Bytes, (events, _) => Assert.Empty(events));
        }

        for (byte version = 0; version <= 1; version++)
        {
            yield return new EtwSample($"thread start V{version}", Header(EtwProvider.KernelProcess, 3, version, size),
                new PayloadBuilder(size).U32(4321, 11).Pointer(1, 2, 3, 4, 5, 0x7ff6_1000).Bytes, new PayloadBuilder(size).Pointer(7).U32(8).Bytes,
                (events, state) =>
                {
                    Assert.Empty(events);
                    Assert.Equal(1, state.Counts.UnknownTargets);
                });
        }

        yield return new EtwSample("image load V0", Header(EtwProvider.KernelProcess, 5, 0, size),
            new PayloadBuilder(size).Pointer(1, 2).U32(4321, 5, 6).Pointer(3).Wide(@"\Device\HarddiskVolume3\Windows\System32\amsi.dll").Bytes, [],
            (events, _) =>
            {
                var mapped = Assert.IsType<ImageMapped>(Assert.Single(events));
                Assert.Equal(@"C:\Windows\System32\amsi.dll", mapped.Path);
                Assert.Equal(4321, mapped.Actor.Pid);
            });
    }

    private static PayloadBuilder LoggerHead(byte v, byte size)
    {
        var payload = new PayloadBuilder(size);
        return v == 0 ? payload.Pointer(4321, 1234) : payload.Pointer(0xffffc001).U32(4321, 1234, 1, 0);
    }

    private static PayloadBuilder LoggerRest(byte v, PayloadBuilder payload)
    {
        if (v >= 3)
            payload.Pointer(0x1aa000);
        if (v >= 4)
            payload.U32(0);
        payload.TokenUser("S-1-5-18").Ansi("cmd.exe");
        return v >= 2 ? payload.Wide(Line) : payload;
    }

    private static PayloadBuilder LoggerStart(byte v, byte size) => LoggerRest(v, LoggerHead(v, size));

    private static byte[] LoggerTail(byte v, byte size)
    {
        var tail = new PayloadBuilder(size);
        if (v >= 4)
            tail.Wide("package").Wide("application");
        return v >= 5 ? tail.U64(Created).Bytes : tail.Bytes;
    }

    private static void Logger(ProcessExecuted e, byte v, byte opcode)
    {
        Assert.Equal(4321, e.Actor.Pid);
        Assert.Equal(1234, e.Parent.Pid);
        Assert.Equal("cmd.exe", e.Image);
        Assert.Equal(@"NT AUTHORITY\SYSTEM", e.User);
        Assert.Equal(opcode == 3, e.AlreadyRunning);
        Assert.Equal(v >= 2 ? Line : null, e.CommandLine);
        Assert.Equal(v < 2, e.Truncated);
        Assert.Equal(v >= 2 ? [@"C:\Windows\System32\cmd.exe", "/c", "dir"] : [], e.Arguments);
        Assert.Equal(v >= 2 ? @"C:\Windows\System32\cmd.exe" : "cmd.exe", e.Requested);
        Assert.Null(e.IntegrityLevel);
    }

    private static byte[] Start(bool isNumbered, bool hasFlags, byte size)
    {
        var payload = new PayloadBuilder(size).U32(4321);
        if (isNumbered)
            payload.U64(90001);
        payload.U64(Created).U32(1234);
        if (isNumbered)
            payload.U64(80001);
        payload.U32(1);
        if (hasFlags)
            payload.U32(0);
        if (isNumbered)
            payload.U32(2, 1).Sid("S-1-16-12288");
        return payload.Wide(@"\Device\HarddiskVolume3\Windows\System32\cmd.exe").Bytes;
    }

    private static byte[] StartTail(byte v, byte size)
    {
        var tail = new PayloadBuilder(size);
        if (v >= 2)
            tail.U32(1, 2).Wide("").Wide("");
        return v >= 4 ? tail.U32(3).Bytes : tail.Bytes;
    }

    private static void Manifest(ProcessExecuted e, bool isNumbered, bool isRunning)
    {
        Assert.Equal(new ProcessKey(4321, (Created - Boot) * 100), e.Actor);
        Assert.Equal(1234, e.Parent.Pid);
        Assert.Equal(@"C:\Windows\System32\cmd.exe", e.Image);
        Assert.Equal(isNumbered ? "High" : null, e.IntegrityLevel);
        Assert.Equal(isRunning, e.AlreadyRunning);
        Assert.Empty(e.Arguments);
        Assert.True(e.Truncated);
    }
}
