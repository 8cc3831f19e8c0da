using Canary.Events;
using Canary.Sensors.Etw;
using Xunit;
using static Canary.Tests.Sensors.Etw.EtwSamples;

namespace Canary.Tests.Sensors.Etw;

internal static class FileSamples
{
    private const string Name = @"\Device\HarddiskVolume3\Users\x\notes.txt", Path = @"C:\Users\x\notes.txt";
    public const ulong FileObject = 0xffff_8001, FileKey = 0xffff_9001;

    public static IEnumerable<EtwSample> All(byte size)
    {
        yield return new EtwSample("file name V0", Header(EtwProvider.KernelFile, 10, 0, size),
            new PayloadBuilder(size).Pointer(FileKey).Wide(Name).Bytes, [],
            (events, state) => Assert.Equal(Path, state.Files.Of(0, FileKey)));
        yield return new EtwSample("file name gone V0", Header(EtwProvider.KernelFile, 11, 0, size),
            new PayloadBuilder(size).Pointer(FileKey).Bytes, new PayloadBuilder(size).Wide(Name).Bytes,
            (events, state) => Assert.Null(state.Files.Of(0, FileKey)));

        for (byte version = 0; version <= 1; version++)
        {
            byte v = version;
            yield return new EtwSample($"file open V{v}", Header(EtwProvider.KernelFile, 12, v, size), Opened(v, size, 1u << 24).Bytes, [], (events, state) =>
            {
                Acted(events, FileAct.Open, Path, null);
                Assert.Equal(Path, state.Files.Of(FileObject, 0));
            });
            yield return new EtwSample($"file overwrite V{v}", Header(EtwProvider.KernelFile, 12, v, size),
                Opened(v, size, 5u << 24).Bytes, [], (events, _) => Acted(events, FileAct.Write, Path, null));
            yield return new EtwSample($"file create V{v}", Header(EtwProvider.KernelFile, 30, v, size),
                Opened(v, size, 2u << 24).Bytes, [], (events, _) => Acted(events, FileAct.Create, Path, null));
            yield return new EtwSample($"file close V{v}", Header(EtwProvider.KernelFile, 14, v, size),
                Head(v, size).Bytes, new PayloadBuilder(size).Pointer(FileKey).U32(9).Bytes,
                (events, _) => Assert.Empty(events));
            yield return new EtwSample($"file delete V{v}", Header(EtwProvider.KernelFile, 26, v, size),
                Changed(v, size, 1, 13).Bytes, [], (events, _) => Acted(events, FileAct.Delete, Path, null));
            yield return new EtwSample($"file undelete V{v}", Header(EtwProvider.KernelFile, 26, v, size),
                Changed(v, size, 0x10, 64).Bytes, [], (events, _) => Assert.Empty(events));
            yield return new EtwSample($"file rename V{v}", Header(EtwProvider.KernelFile, 27, v, size), Changed(v, size, 0, 10).Bytes, [], (events, state) =>
            {
                Assert.True(Acted(events, FileAct.Rename, "", Path).Unresolved);
                Assert.Equal(1, state.Counts.UnresolvedFiles);
                Assert.Equal(Path, state.Files.Of(FileObject, 0));
            });
            yield return new EtwSample($"file link V{v}", Header(EtwProvider.KernelFile, 28, v, size),
                Changed(v, size, 0, 11).Bytes, [], (events, _) => Acted(events, FileAct.Link, "", Path));
        }
    }

    private static PayloadBuilder Head(byte v, byte size) => v == 0 ? new PayloadBuilder(size).Pointer(1, 2, FileObject) : new PayloadBuilder(size).Pointer(1, FileObject);

    public static PayloadBuilder Opened(byte v, byte size, uint options, string name = Name, ulong file = FileObject)
    {
        var payload = v == 0 ? new PayloadBuilder(size).Pointer(1, 2, file) : new PayloadBuilder(size).Pointer(1, file).U32(78);
        return payload.U32(options, 0x80, 7).Wide(name);
    }

    public static PayloadBuilder Changed(byte v, byte size, ulong extra, uint kind, string name = Name)
    {
        var payload = Head(v, size).Pointer(FileKey, extra);
        if (v >= 1)
            payload.U32(78);
        return payload.U32(kind).Wide(name);
    }

    private static FileActed Acted(IReadOnlyList<SensorEvent> events, FileAct act, string path, string? target)
    {
        var acted = Assert.IsType<FileActed>(Assert.Single(events));
        Assert.Equal((act, path, target, Actor), (acted.Act, acted.Path, acted.Target, acted.Actor.Pid));
        return acted;
    }
}
