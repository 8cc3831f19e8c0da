using System.Buffers.Binary;
using System.Runtime.Versioning;
using Canary.Sensors.Gating;
using Xunit;

namespace Canary.Tests.Models.Gating;

/// <summary>What the gate reads besides models: fake trees of /proc and /sys, the record of seals, events.</summary>
[SupportedOSPlatform("linux")]
public sealed class GateFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("canary-gate-").FullName;

    [Theory]
    [InlineData("/dev/nvidia0", true)]
    [InlineData("/dev/nvidia12", true)]
    [InlineData("/dev/nvidiactl", true)]
    [InlineData("/dev/nvidia-uvm", true)]
    [InlineData("/dev/nvidia-uvm-tools", true)]
    [InlineData("/dev/nvidia-fs0", true)]
    [InlineData("/dev/kfd", true)]
    [InlineData("/dev/dri/renderD128", true)]
    [InlineData("/dev/nvidia", false)]
    [InlineData("/dev/nvidia-modeset", false)]
    [InlineData("/dev/dri/card0", false)]
    [InlineData("/home/dev/nvidia0", false)]
    public void A_device_of_a_GPU_is_told_by_its_name(string path, bool gpu) => Assert.Equal(gpu, GpuDevices.IsGpu(path));

    [Fact]
    public void A_process_has_the_devices_that_its_descriptors_lead_to()
    {
        Link("proc/7/fd/3", "/dev/nvidia0");
        Link("proc/7/fd/4", "/dev/nvidia0");
        Link("proc/7/fd/5", "/dev/kfd");
        Link("proc/7/fd/6", "/m/a.gguf");
        Write("proc/7/maps", "7f00-7f01 r-xp 0 00:01 5 /usr/lib/libcuda.so.1\n7f02-7f03 rw-p 0 00:00 0\n");
        Assert.Equal(["/dev/kfd", "/dev/nvidia0"], GpuDevices.Of(At("proc"), 7));
        Assert.Equal(["/usr/lib/libcuda.so.1"], GpuDevices.LibrariesOf(At("proc"), 7));
        Assert.Empty(GpuDevices.Of(At("proc"), 8));
    }

    [Fact]
    public void A_disk_in_the_hands_of_vfio_is_seen_and_another_device_is_not()
    {
        Write("sys/bus/pci/devices/0000:01:00.0/class", "0x010802\n");
        Link("sys/bus/pci/devices/0000:01:00.0/driver", "../../../drivers/vfio-pci");
        Write("sys/bus/pci/devices/0000:02:00.0/class", "0x020000\n");
        Link("sys/bus/pci/devices/0000:02:00.0/driver", "../../../drivers/vfio-pci");
        Write("sys/bus/pci/devices/0000:03:00.0/class", "0x010802\n");
        Link("sys/bus/pci/devices/0000:03:00.0/driver", "../../../drivers/nvme");
        var seen = Assert.Single(NvmeDirect.OfMachine(At("sys")));
        Assert.EndsWith("0000:01:00.0", seen.Path, StringComparison.Ordinal);
        Link("proc/7/fd/3", "/dev/vfio/12");
        Link("proc/8/fd/3", "/dev/null");
        Assert.Equal("/dev/vfio/12", Assert.Single(NvmeDirect.OfProcess(At("proc"), At("sys"), 7)).Path);
        Assert.Empty(NvmeDirect.OfProcess(At("proc"), At("sys"), 8));
    }

    [Fact]
    public void A_mapping_of_a_controller_s_registers_is_seen_and_of_a_network_card_s_is_not()
    {
        Write("sys/devices/pci0000:00/0000:00:01.0/class", "0x010802\n");
        Write("sys/devices/pci0000:00/0000:00:02.0/class", "0x020000\n");
        Write("sys/devices/pci0000:00/0000:00:03.0/class", "0x030200\n");
        Write("proc/7/maps", string.Concat(((string[])["1.0/resource0", "2.0/resource0", "3.0/resource1_wc", "3.0/resource0"])
            .Select(d => $"7f00-7f01 rw-s 0 00:01 5 /sys/devices/pci0000:00/0000:00:0{d}\n")));
        var seen = NvmeDirect.OfProcess(At("proc"), At("sys"), 7);
        Assert.Equal(["resource0", "resource1_wc"], seen.Select(s => Path.GetFileName(s.Path)).Order());
        Assert.DoesNotContain(seen, s => s.Path.Contains("02.0", StringComparison.Ordinal));
    }

    [Fact]
    public void A_record_of_seals_is_read_back_and_what_is_no_line_of_it_is_left_out()
    {
        var record = SealRecord.Load(At("seals"));
        Assert.Empty(record.All);
        Assert.Null(record.Add(1, 2, "/m/a b.gguf"));
        Assert.Null(record.Add(1, 3, "/m/c.gguf"));
        Assert.NotNull(record.Add(1, 4, "/m/two\nlines"));
        record.Remove(1, 3);
        Assert.Equal((1UL, 2UL, "/m/a b.gguf"), Assert.Single(SealRecord.Load(At("seals")).All));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("seals")));
        File.AppendAllText(At("seals"), "x y z\n\n5\n");
        Assert.Single(SealRecord.Load(At("seals")).All);
    }

    [Fact]
    public void Without_a_place_for_the_record_nothing_is_sealed() => Assert.NotNull(SealRecord.Load(At("nowhere/seals")).Add(1, 2, "/m/a"));

    [Fact]
    public void A_record_says_whether_a_gate_came_to_its_end()
    {
        var record = SealRecord.Load(At("seals"));
        Assert.Equal(0, record.Gate);
        Assert.Null(record.Stand(77));
        Assert.Null(record.Add(1, 2, "/m/a"));
        Assert.Null(record.Add(1, 3, "/m/b"));
        Assert.Equal((77, 2), (SealRecord.Load(At("seals")).Gate, SealRecord.Load(At("seals")).All.Count));
        Assert.Null(record.End([(1, 2)]));
        Assert.Equal((0, "/m/b"), (SealRecord.Load(At("seals")).Gate, Assert.Single(SealRecord.Load(At("seals")).All).Path));
    }

    [Fact]
    public void An_event_has_its_range_and_half_an_event_is_none()
    {
        byte[] bytes = new byte[48];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 48);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), 24);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), GateFan.PreAccess);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 9);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), 77);
        bytes[24] = GateFan.InfoRange;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(26), 24);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), 4096);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), 8192);
        ReadOnlySpan<byte> rest = bytes;
        Assert.True(PermissionEvent.TryRead(ref rest, out var taken));
        Assert.Equal(new PermissionEvent(GateFan.PreAccess, 9, 77, 4096, 8192), taken);
        Assert.True(rest.IsEmpty);
        rest = bytes.AsSpan(0, 47);
        Assert.False(PermissionEvent.TryRead(ref rest, out _));
        bytes[26] = 25;
        rest = bytes;
        Assert.True(PermissionEvent.TryRead(ref rest, out taken));
        Assert.Equal((0L, 0L), (taken.Offset, taken.Count));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string At(string relative) => Path.Combine(_root, relative);

    private void Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(relative))!);
        File.WriteAllText(At(relative), text);
    }

    private void Link(string relative, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(relative))!);
        File.CreateSymbolicLink(At(relative), target);
    }
}
