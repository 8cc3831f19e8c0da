using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Canary.Sensors.Etw;

/// <summary>Security identifiers in words (MS-DTYP §2.4.2).</summary>
internal static class WindowsSid
{
    private static readonly FrozenDictionary<string, string> WellKnown = new Dictionary<string, string>
    {
        ["S-1-5-7"] = @"NT AUTHORITY\ANONYMOUS LOGON",
        ["S-1-5-18"] = @"NT AUTHORITY\SYSTEM",
        ["S-1-5-19"] = @"NT AUTHORITY\LOCAL SERVICE",
        ["S-1-5-20"] = @"NT AUTHORITY\NETWORK SERVICE",
        ["S-1-5-32-544"] = @"BUILTIN\Administrators",
        ["S-1-5-32-545"] = @"BUILTIN\Users",
        ["S-1-5-32-546"] = @"BUILTIN\Guests",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary><c>S-1-…</c>; null for bytes that are no identifier.</summary>
    public static string? Text(ReadOnlySpan<byte> sid)
    {
        if (sid.Length < 8 || sid.Length != 8 + 4 * sid[1])
            return null;
        ulong authority = 0;
        foreach (byte b in sid[2..8])
            authority = authority << 8 | b;
        var text = new StringBuilder(48).Append(CultureInfo.InvariantCulture, $"S-{sid[0]}-{authority}");
        for (int at = 8; at < sid.Length; at += 4)
            text.Append('-').Append(BinaryPrimitives.ReadUInt32LittleEndian(sid[at..]));
        return text.ToString();
    }

    /// <summary>The account's name where every machine has it, else <c>S-1-…</c>; null for bytes that are no identifier.</summary>
    public static string? Account(ReadOnlySpan<byte> sid) => Text(sid) is { } text ? WellKnown.GetValueOrDefault(text, text) : null;

    /// <summary>The level of a mandatory label (S-1-16-N), as Sysmon names it; null for another identifier.</summary>
    public static string? IntegrityLevel(ReadOnlySpan<byte> sid)
    {
        if (sid.Length != 12 || sid[1] != 1 || sid[7] != 16)
            return null;
        return BinaryPrimitives.ReadUInt32LittleEndian(sid[8..]) switch
        {
            < 0x1000 => "Untrusted",
            < 0x2000 => "Low",
            < 0x3000 => "Medium",
            < 0x4000 => "High",
            _ => "System",
        };
    }
}
