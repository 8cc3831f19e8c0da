using System.Text;

namespace Canary.Models.Containers;

/// <summary>What the names of members of archives may not be.</summary>
internal static class MemberNames
{
    /// <summary>Leaves the folder into which an archive is unpacked, on some system, or is cut short by some reader.</summary>
    public static bool Escapes(string name) =>
        name.Length == 0 || name.Contains('\0') || name[0] is '/' or '\\' || (name.Length > 1 && name[1] == ':')
        || name.Split('/', '\\').Contains("..");

    /// <summary>UTF-8 where it is that, else Latin-1: no two names of different bytes become one.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (ArgumentException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
