using System.Buffers.Binary;
using Canary.Sensors.Fanotify;
using CsCheck;
using Xunit;

namespace Canary.Tests.Sensors.Fanotify;

public sealed class RawEventTests
{
    [Fact]
    public void A_rename_is_read_with_both_names_and_the_file()
    {
        ReadOnlySpan<byte> buffer = Event(Fan.Rename, 42, (10, 1, "old"), (12, 2, "new"), (1, 3, ""));
        Assert.True(RawEvent.TryRead(ref buffer, out var e));
        Assert.Equal((Fan.Rename, 42), (e.Mask, e.Pid));
        Assert.True(e.Name.SequenceEqual("old"u8) && e.NewName.SequenceEqual("new"u8));
        Assert.Equal((1, 2, 3), (e.Directory[^1], e.NewDirectory[^1], e.Target[^1]));
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void An_event_cut_at_any_byte_is_not_read()
    {
        byte[] whole = Event(Fan.Create, 1, (2, 1, "name"), (1, 2, ""));
        for (int length = 0; length < whole.Length; length++)
        {
            ReadOnlySpan<byte> cut = whole.AsSpan(0, length);
            Assert.False(RawEvent.TryRead(ref cut, out _));
        }
    }

    [Fact]
    public void No_bytes_make_the_reader_fail_or_run_on() =>
        Gen.Select(Gen.Int[0, 95], Gen.Byte).Array[0, 12].Sample(changes =>
        {
            byte[] bytes = Event(Fan.Create, 1, (2, 1, "name"), (1, 2, ""));
            foreach (var (at, value) in changes)
                bytes[at % bytes.Length] = value;
            ReadOnlySpan<byte> buffer = bytes;
            int events = 0;
            while (RawEvent.TryRead(ref buffer, out _))
                events++;
            return events <= bytes.Length / 24;
        });

    private static byte[] Event(ulong mask, int pid, params (byte Type, byte Handle, string Name)[] parts)
    {
        var all = new List<byte>(new byte[24]);
        foreach (var (type, handle, name) in parts)
        {
            byte[] body = [0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, handle];
            byte[] text = name.Length == 0 ? [] : [.. System.Text.Encoding.UTF8.GetBytes(name), 0];
            all.AddRange([type, 0, (byte)(4 + body.Length + text.Length), 0, .. body, .. text]);
        }

        byte[] bytes = [.. all];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        bytes[4] = 3;
        bytes[6] = 24;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), mask);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), pid);
        return bytes;
    }
}
