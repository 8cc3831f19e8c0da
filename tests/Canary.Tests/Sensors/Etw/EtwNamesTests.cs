using System.Text;
using Canary.Events;
using Canary.Sensors.Etw;
using CsCheck;
using Xunit;

namespace Canary.Tests.Sensors.Etw;

/// <summary>Names of files and of registry keys, known, half known and not known.</summary>
public sealed class EtwNamesTests
{
    private readonly EtwWorld _world = new();

    [Theory]
    [InlineData(@"\Device\HarddiskVolume3\Users\X\a.txt", @"C:\Users\X\a.txt")]
    [InlineData(@"\device\harddiskvolume3\Users\X\a.txt", @"C:\Users\X\a.txt")]
    [InlineData(@"\Device\HarddiskVolume3", @"C:\")]
    [InlineData(@"\Device\HarddiskVolume3\", @"C:\")]
    [InlineData(@"\Device\HarddiskVolume33\a", @"\Device\HarddiskVolume33\a")]
    [InlineData(@"\Device\HarddiskVolume4\x:stream", @"D:\x:stream")]
    [InlineData(@"\Device\NamedPipe\x", @"\Device\NamedPipe\x")]
    [InlineData(@"\??\C:\a", @"C:\a")]
    [InlineData(@"\\?\C:\a", @"C:\a")]
    [InlineData(@"\\.\C:\a", @"C:\a")]
    [InlineData(@"\DosDevices\D:\a", @"D:\a")]
    [InlineData(@"\??\UNC\server\share\a", @"\\server\share\a")]
    [InlineData(@"\\?\UNC\server\share\a", @"\\server\share\a")]
    [InlineData(@"\\?\GLOBALROOT\Device\HarddiskVolume3\a", @"C:\a")]
    [InlineData(@"\??\Volume{1}\a", @"\??\Volume{1}\a")]
    [InlineData(@"\SystemRoot\System32\smss.exe", @"C:\Windows\System32\smss.exe")]
    [InlineData(@"\Device\Mup\server\share\a", @"\\server\share\a")]
    [InlineData(@"\Device\Mup\;LanmanRedirector\;Z:0000000000012345\server\share\a", @"\\server\share\a")]
    [InlineData(@"C:\already", @"C:\already")]
    [InlineData("", "")]
    [InlineData(@"\", @"\")]
    [InlineData(@"\??\", @"\??\")]
    public void A_name_of_the_kernel_is_written_as_people_write_it(string name, string path) => Assert.Equal(path, _world.State.Paths.Dos(name));

    [Fact]
    public void A_half_of_a_pair_in_a_name_stands_escaped() => Assert.Equal(@"C:\\u{d800}", _world.State.Paths.Dos("\\Device\\HarddiskVolume3\\\ud800"));

    [Fact]
    public void A_new_map_of_volumes_is_used_at_once()
    {
        Assert.Equal(@"\Device\HarddiskVolume9\a", _world.State.Paths.Dos(@"\Device\HarddiskVolume9\a"));
        _world.State.Paths.Map = new DeviceMap([new(@"\Device\HarddiskVolume9", "E:")]);
        Assert.Equal(@"E:\a", _world.State.Paths.Dos(@"\Device\HarddiskVolume9\a"));
    }

    [Fact]
    public void Any_name_has_a_path_and_the_path_is_valid_text() => Gen.String[Gen.OneOf(Gen.Char, Gen.OneOf('\\', '?', ':', ';', '\ud800', '\udc00')), 0, 60].Sample(tail =>
    {
        foreach (string prefix in (string[])["", @"\??\", @"\\?\UNC\", @"\Device\Mup\", @"\Device\", @"\SystemRoot\", @"\??\GLOBALROOT"])
        {
            string path = _world.State.Paths.Dos(prefix + tail);
            Assert.Equal(path, new UTF8Encoding(false, true).GetString(new UTF8Encoding(false, true).GetBytes(path)));
        }
    }, iter: 2000);

    [Fact]
    public void A_rename_knows_the_old_name_from_the_open_and_the_next_one_the_new()
    {
        File(12, FileSamples.Opened(1, 8, 1u << 24, @"\Device\HarddiskVolume3\a.txt"));
        File(27, FileSamples.Changed(1, 8, 0, 10, @"\Device\HarddiskVolume3\b.txt"));
        File(27, FileSamples.Changed(1, 8, 0, 10, @"\Device\HarddiskVolume3\c.txt"));
        Assert.Equal([(@"C:\a.txt", @"C:\b.txt", false), (@"C:\b.txt", @"C:\c.txt", false)],
            _world.Events.OfType<FileActed>().Where(f => f.Act == FileAct.Rename).Select(f => (f.Path, f.Target, f.Unresolved)));
    }

    [Fact]
    public void A_delete_without_a_path_is_told_by_the_name_of_the_file_s_key()
    {
        File(10, new PayloadBuilder().Pointer(FileSamples.FileKey).Wide(@"\Device\HarddiskVolume3\k.txt"));
        File(26, FileSamples.Changed(1, 8, 1, 13, ""));
        File(11, new PayloadBuilder().Pointer(FileSamples.FileKey));
        File(26, FileSamples.Changed(1, 8, 1, 13, ""));
        Assert.Equal([(@"C:\k.txt", false), ("", true)], _world.Events.OfType<FileActed>().Select(f => (f.Path, f.Unresolved)));
        Assert.Equal(1, _world.State.Counts.UnresolvedFiles);
    }

    [Fact]
    public void An_open_is_told_only_of_files_of_interest_and_never_of_folders()
    {
        var world = new EtwWorld(new EtwState(interest: new OnlySsh()));
        foreach (string name in (string[])[@"C:\Users\x\.ssh\id_rsa", @"C:\Users\x\notes.txt"])
            world.Decode(EtwSamples.Header(EtwProvider.KernelFile, 12, 1, 8), FileSamples.Opened(1, 8, 1u << 24, name).Bytes);
        world.Decode(EtwSamples.Header(EtwProvider.KernelFile, 12, 1, 8), FileSamples.Opened(1, 8, 1u << 24 | 1, @"C:\Users\x\.ssh\sub").Bytes);
        Assert.Equal(@"C:\Users\x\.ssh\id_rsa", Assert.IsType<FileActed>(Assert.Single(world.Events)).Path);
    }

    [Fact]
    public void The_names_of_files_are_bounded()
    {
        for (uint i = 0; i < 300_000; i++)
            _world.State.Files.Opened(i, "x");
        Assert.InRange(_world.State.Files.Count, 1, 64 * 1024);
        Assert.NotNull(_world.State.Files.Of(299_999, 0));
        Assert.Null(_world.State.Files.Of(1, 0));
    }

    [Theory]
    [InlineData(@"\REGISTRY\MACHINE\SOFTWARE\x", @"HKLM\SOFTWARE\x")]
    [InlineData(@"\Registry\Machine\System\ControlSet001\Services\x", @"HKLM\System\CurrentControlSet\Services\x")]
    [InlineData(@"\REGISTRY\MACHINE\SYSTEM\ControlSet001", @"HKLM\SYSTEM\CurrentControlSet")]
    [InlineData(@"\REGISTRY\MACHINE\SYSTEM\ControlSet0010\x", @"HKLM\SYSTEM\ControlSet0010\x")]
    [InlineData(@"\REGISTRY\USER\S-1-5-21-1-2-3-1001\Software", @"HKU\S-1-5-21-1-2-3-1001\Software")]
    [InlineData(@"\REGISTRY\MACHINE", "HKLM")]
    [InlineData(@"\REGISTRY\USER", "HKU")]
    [InlineData(@"\REGISTRY\MACHINERY\x", @"\REGISTRY\MACHINERY\x")]
    [InlineData(@"\REGISTRY\A\{1}\x", @"\REGISTRY\A\{1}\x")]
    public void A_key_stands_under_its_short_root(string name, string path) => Assert.Equal(new EtwRegistryKeys.Key(path, true), _world.State.Keys.Of(0, name));

    [Fact]
    public void A_relative_name_is_completed_by_the_handle_that_it_was_opened_under()
    {
        Registry(2, RegistrySamples.Opened(8, 0, 1, 0, 2, "", @"\REGISTRY\MACHINE\SOFTWARE"));
        Registry(2, RegistrySamples.Opened(8, 1, 2, 0, 2, "", @"Microsoft\Windows"));
        Registry(1, RegistrySamples.Opened(8, 2, 3, 0, 1, "", "New"));
        Registry(5, RegistrySamples.Set(8, 4, [1, 0, 0, 0], "", "v", handle: 3));
        Registry(6, new PayloadBuilder().Pointer(3).U32(0).Wide("New").Wide(""));
        Assert.Equal([(RegistryAct.CreateKey, null, null), (RegistryAct.SetValue, "v", "DWORD (0x00000001)"), (RegistryAct.DeleteValue, "", null)],
            _world.Events.OfType<RegistryActed>().Select(r => (r.Act, r.Value, r.Details)));
        Assert.All(_world.Events.OfType<RegistryActed>(), r => Assert.Equal((@"HKLM\SOFTWARE\Microsoft\Windows\New", true), (r.Key, r.Resolved)));
    }

    [Fact]
    public void A_handle_that_nobody_saw_opened_or_that_is_closed_is_unresolved()
    {
        Registry(5, RegistrySamples.Set(8, 1, [], "Run", "v", handle: 9, length: 8));
        Registry(2, RegistrySamples.Opened(8, 0, 9, 0, 2, "", @"\REGISTRY\MACHINE\SOFTWARE\Run"));
        Registry(13, new PayloadBuilder().Pointer(9).U32(0).Wide(""));
        Registry(3, new PayloadBuilder().Pointer(9).U32(0).Wide(""));
        Assert.Equal([("Run", false, null), ("", false, null)], _world.Events.OfType<RegistryActed>().Select(r => (r.Key, r.Resolved, r.Details)));
        Assert.Equal(2, _world.State.Counts.UnresolvedKeys);
    }

    [Fact]
    public void What_did_not_succeed_did_not_happen()
    {
        Registry(1, RegistrySamples.Opened(8, 0, 1, 0xc0000022, 1, "", @"\REGISTRY\MACHINE\SOFTWARE\x"));
        Registry(3, new PayloadBuilder().Pointer(1).U32(0xc0000022).Wide(@"\REGISTRY\MACHINE\SOFTWARE\x"));
        Registry(1, RegistrySamples.Opened(8, 0, 1, 0, 2, "", @"\REGISTRY\MACHINE\SOFTWARE\opened, not made"));
        Assert.Empty(_world.Events);
    }

    [Theory]
    [InlineData(1, "620061006400", 6, "bad")]
    [InlineData(2, "2500580025000000", 8, "%X%")]
    [InlineData(1, "0000", 2, "(Empty)")]
    [InlineData(1, "", 0, "(Empty)")]
    [InlineData(1, "", 10, null)]
    [InlineData(4, "2a000000", 4, "DWORD (0x0000002a)")]
    [InlineData(4, "2a00", 4, "Binary Data")]
    [InlineData(11, "0100000002000000", 8, "QWORD (0x00000002-0x00000001)")]
    [InlineData(7, "6100000062000000" + "0000", 10, "a, b")]
    [InlineData(3, "0102", 2, "Binary Data")]
    [InlineData(99, "0102", 2, "Binary Data")]
    public void Values_are_written_as_Sysmon_does(uint type, string captured, uint size, string? details) =>
        Assert.Equal(details, Canary.Sensors.Etw.Decoders.RegistryDetails.Of(type, size, Convert.FromHexString(captured)));

    private void File(ushort id, PayloadBuilder payload) => _world.Decode(EtwSamples.Header(EtwProvider.KernelFile, id, 1, 8), payload.Bytes);

    private void Registry(ushort id, PayloadBuilder payload) => _world.Decode(EtwSamples.Header(EtwProvider.KernelRegistry, id, 0, 8), payload.Bytes);

    private sealed class OnlySsh : IEtwFileInterest
    {
        public bool Wants(string path, ProcessKey actor) => path.Contains(@"\.ssh\", StringComparison.OrdinalIgnoreCase);
    }
}
