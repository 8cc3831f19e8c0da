using System.Buffers.Binary;
using Canary.Sensors.Files;
using Canary.Tests.Sensors.Etw;
using CsCheck;
using Xunit;

namespace Canary.Tests.Sensors.Files;

public sealed class WindowsAclTests
{
    private const string System = "S-1-5-18", Administrators = "S-1-5-32-544", Users = "S-1-5-32-545", Somebody = "S-1-5-21-1-2-3-1001";
    private const uint Full = 0x1f01ff, Read = 0x120089;

    [Fact]
    public void A_file_of_the_administrators_that_others_may_only_read_is_trusted()
    {
        Assert.Null(WindowsAcl.Distrust(Descriptor(Administrators, (0, 0, Full, System), (0, 0, Full, Administrators), (0, 0, Read, Users))));
        Assert.Null(WindowsAcl.Distrust(Descriptor(System, (0, 0, Full, System))));
        Assert.Null(WindowsAcl.Distrust(Descriptor("S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", (0, 0, Read, Users))));
    }

    [Theory]
    [InlineData(0x2u)]
    [InlineData(0x4u)]
    [InlineData(0x10000u)]
    [InlineData(0x40000u)]
    [InlineData(0x80000u)]
    [InlineData(0x40000000u)]
    [InlineData(0x10000000u)]
    public void One_right_to_change_it_for_others_is_enough(uint right)
    {
        string? why = WindowsAcl.Distrust(Descriptor(Administrators, (0, 0, Full, System), (0, 0, Read | right, Users)));
        Assert.StartsWith(Users + " may write it", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_user_is_not_trusted_whatever_its_rights() =>
        Assert.StartsWith($"it belongs to {Somebody}", WindowsAcl.Distrust(Descriptor(Somebody, (0, 0, Full, System))), StringComparison.Ordinal);

    [Fact]
    public void A_right_that_is_denied_or_only_inherited_by_what_lies_within_is_none()
    {
        Assert.Null(WindowsAcl.Distrust(Descriptor(System, (1, 0, Full, Users))));
        Assert.Null(WindowsAcl.Distrust(Descriptor(System, (0, 0x8 | 0x3, Full, Users))));
    }

    [Fact]
    public void Without_a_list_everybody_may_write()
    {
        byte[] none = Descriptor(System);
        BinaryPrimitives.WriteUInt16LittleEndian(none.AsSpan(2), 0x8000);
        Assert.Contains("everybody", WindowsAcl.Distrust(none), StringComparison.Ordinal);
        byte[] empty = Descriptor(System);
        BinaryPrimitives.WriteUInt32LittleEndian(empty.AsSpan(16), 0);
        Assert.Contains("everybody", WindowsAcl.Distrust(empty), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_cut_or_made_up_are_never_trusted_by_accident()
    {
        byte[] whole = Descriptor(Administrators, (0, 0, Full, System), (0, 0, Full, Users));
        for (int length = 0; length < whole.Length; length++)
            Assert.NotNull(WindowsAcl.Distrust(whole.AsSpan(0, length)));
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            _ = WindowsAcl.Distrust(bytes);
        });
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            byte[] bytes = [.. whole];
            foreach (var (at, value) in changes)
                bytes[at] = value;
            _ = WindowsAcl.Distrust(bytes);
        });
    }

    private static byte[] Descriptor(string owner, params (byte Type, byte Flags, uint Rights, string Sid)[] entries)
    {
        byte[] ownerSid = new PayloadBuilder().Sid(owner).Bytes;
        var list = new PayloadBuilder();
        foreach (var (type, flags, rights, sid) in entries)
        {
            byte[] bytes = new PayloadBuilder().Sid(sid).Bytes;
            list.U8(type).U8(flags).U16((ushort)(8 + bytes.Length)).U32(rights).Raw(bytes);
        }

        byte[] aces = list.Bytes;
        return new PayloadBuilder().U8(1).U8(0).U16(0x8004).U32(20, 0, 0, (uint)(20 + ownerSid.Length)).Raw(ownerSid)
            .U8(2).U8(0).U16((ushort)(8 + aces.Length)).U16((ushort)entries.Length).U16(0).Raw(aces).Bytes;
    }
}
