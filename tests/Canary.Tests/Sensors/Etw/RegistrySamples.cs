using System.Text;
using Canary.Events;
using Canary.Sensors.Etw;
using Xunit;
using static Canary.Tests.Sensors.Etw.EtwSamples;

namespace Canary.Tests.Sensors.Etw;

internal static class RegistrySamples
{
    public const ulong Key = 0xffff_a001;
    private const string Run = @"\REGISTRY\MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run", Short = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run";

    public static IEnumerable<EtwSample> All(byte size)
    {
        yield return new EtwSample("key create V0", Header(EtwProvider.KernelRegistry, 1, 0, size), Opened(size, 0, Key, 0, 1, "", Run).Bytes, [],
            (events, _) => Acted(events, RegistryAct.CreateKey, null, null));
        yield return new EtwSample("key open V0", Header(EtwProvider.KernelRegistry, 2, 0, size),
            Opened(size, 0, Key, 0, 2, "", Run).Bytes, [], (events, state) =>
        {
            Assert.Empty(events);
            Assert.Equal(new EtwRegistryKeys.Key(Short, true), state.Keys.Of(Key, ""));
        });
        yield return new EtwSample("key delete V0", Header(EtwProvider.KernelRegistry, 3, 0, size),
            new PayloadBuilder(size).Pointer(Key).U32(0).Wide(Run).Bytes, [],
            (events, _) => Acted(events, RegistryAct.DeleteKey, null, null));
        yield return new EtwSample("key close V0", Header(EtwProvider.KernelRegistry, 13, 0, size),
            new PayloadBuilder(size).Pointer(Key).U32(0).Wide("").Bytes, [],
            (events, _) => Assert.Empty(events));
        yield return new EtwSample("value set V0", Header(EtwProvider.KernelRegistry, 5, 0, size),
            Set(size, 1, Encoding.Unicode.GetBytes("evil.exe\0"), Run, "Updater").Bytes, Previous(size),
            (events, _) => Acted(events, RegistryAct.SetValue, "Updater", "evil.exe"));
        yield return new EtwSample("value delete V0", Header(EtwProvider.KernelRegistry, 6, 0, size),
            new PayloadBuilder(size).Pointer(Key).U32(0).Wide(Run).Wide("Updater").Bytes, [],
            (events, _) => Acted(events, RegistryAct.DeleteValue, "Updater", null));
    }

    public static PayloadBuilder Opened(byte size, ulong under, ulong key, uint status, uint disposition, string baseName, string relativeName) =>
        new PayloadBuilder(size).Pointer(under, key).U32(status, disposition).Wide(baseName).Wide(relativeName);

    public static PayloadBuilder Set(byte size, uint type, byte[] data, string key, string value, ulong handle = Key, uint? length = null) =>
        new PayloadBuilder(size).Pointer(handle).U32(0, type, length ?? (uint)data.Length).Wide(key).Wide(value).U16((ushort)data.Length).Raw(data);

    private static byte[] Previous(byte size) => new PayloadBuilder(size).U32(1, 4).U16(4).Raw([1, 0, 0, 0]).Bytes;

    private static void Acted(IReadOnlyList<SensorEvent> events, RegistryAct act, string? value, string? details)
    {
        var acted = Assert.IsType<RegistryActed>(Assert.Single(events));
        Assert.Equal((act, Short, value, details, true, Actor), (acted.Act, acted.Key, acted.Value, acted.Details, acted.Resolved, acted.Actor.Pid));
    }
}
