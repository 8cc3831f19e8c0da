using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Canary.Sensors.Files;

/// <summary>Who may change a file, by its self-relative security descriptor (MS-DTYP §2.4.6): as bytes, so that it is tested where there is no Windows.</summary>
internal static class WindowsAcl
{
    // FILE_WRITE_DATA, FILE_APPEND_DATA, DELETE, WRITE_DAC, WRITE_OWNER, GENERIC_ALL, GENERIC_WRITE
    private const uint Writing = 0x2 | 0x4 | 0x10000 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000;

    private const byte AllowedAce = 0, AllowedCallbackAce = 9, InheritOnly = 0x8;
    private const int Head = 20, MostEntries = 4096;

    /// <summary>SYSTEM, Administrators, TrustedInstaller: who has them has the machine.</summary>
    private static readonly string[] Masters =
        ["S-1-5-18", "S-1-5-32-544", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"];

    /// <summary>Why the file is not to direct what a service does; null when only the machine's masters may change it. Bytes that do not read are a reason.</summary>
    public static string? Distrust(ReadOnlySpan<byte> descriptor)
    {
        const string Unread = "its owner cannot be told";
        if (descriptor.Length < Head || descriptor[0] != 1 || Sid(descriptor, Offset(descriptor, 4)) is not { } owner)
            return Unread;
        if (!Masters.Contains(owner))
            return $"it belongs to {owner}, and a service follows only what SYSTEM or Administrators own";
        // SE_DACL_PRESENT; without a list everybody may do everything.
        bool present = (BinaryPrimitives.ReadUInt16LittleEndian(descriptor[2..]) & 4) != 0;
        int at = Offset(descriptor, 16);
        if (!present || at == 0)
            return "it has no list of rights, so that everybody may write it";
        if (at < Head || at + 8 > descriptor.Length)
            return Unread;
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[(at + 4)..]);
        at += 8;
        for (int i = 0; i < Math.Min(entries, MostEntries); i++)
        {
            if (at + 8 > descriptor.Length)
                return Unread;
            var (type, flags) = (descriptor[at], descriptor[at + 1]);
            int size = BinaryPrimitives.ReadUInt16LittleEndian(descriptor[(at + 2)..]);
            uint rights = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[(at + 4)..]);
            if (size < 8 || at + size > descriptor.Length)
                return Unread;
            if (type is AllowedAce or AllowedCallbackAce && (flags & InheritOnly) == 0 && (rights & Writing) != 0)
            {
                if (Sid(descriptor[..(at + size)], at + 8) is not { } who)
                    return Unread;
                if (!Masters.Contains(who))
                    return $"{who} may write it (icacls FILE /inheritance:r /grant SYSTEM:F Administrators:F)";
            }

            at += size;
        }

        return null;
    }

    private static int Offset(ReadOnlySpan<byte> descriptor, int at) =>
        BinaryPrimitives.ReadUInt32LittleEndian(descriptor[at..]) is var offset && offset <= int.MaxValue - 8 ? (int)offset : 0;

    private static string? Sid(ReadOnlySpan<byte> bytes, int at)
    {
        if (at < Head || at + 8 > bytes.Length || bytes[at] != 1 || bytes[at + 1] > 15 || at + 8 + (4 * bytes[at + 1]) > bytes.Length)
            return null;
        var text = new StringBuilder("S-1-");
        // Six bytes, the highest first.
        long authority = BinaryPrimitives.ReadInt64BigEndian(bytes[at..]) & 0xffff_ffff_ffff;
        text.Append(authority.ToString(CultureInfo.InvariantCulture));
        for (int i = 0; i < bytes[at + 1]; i++)
            text.Append('-').Append(BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 8 + (4 * i))..]).ToString(CultureInfo.InvariantCulture));
        return text.ToString();
    }
}
