using System.Text;

namespace Canary.Agents.Portable;

/// <summary>
/// The strings of VS_VERSIONINFO (https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo): a tree of nodes, each with its
/// length, a key, a value, and children, at multiples of four bytes.
/// </summary>
internal static class VersionResource
{
    private const int ResourceDirectory = 2, RtVersion = 16;
    private const int MostBytes = 64 * 1024, MostEntries = 4096, MostNodes = 1024, MostCharacters = 1024;
    private const uint IsDirectory = 0x80000000;

    /// <summary>Null for an image without one. The first language that is there.</summary>
    public static Dictionary<string, string>? Read(PeImage image)
    {
        var (root, size) = image.Directory(ResourceDirectory);
        if (size == 0)
            return null;
        // Type, name, language: three directories, one below the other; then where the bytes are.
        uint entry = Entry(image, root, 0, RtVersion);
        for (int level = 0; level < 2 && (entry & IsDirectory) != 0; level++)
            entry = Entry(image, root, entry & ~IsDirectory, null);
        if (entry == 0 || (entry & IsDirectory) != 0)
            return null;
        byte[] data = image.AtAddress(unchecked(root + entry), 8);
        if (data.Length < 8)
            return null;
        byte[] version = image.AtAddress(PeImage.U32(data, 0), (int)Math.Min(PeImage.U32(data, 4), MostBytes));
        var strings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int nodes = 0;
        Collect(version, 0, strings, ref nodes);
        return strings.Count == 0 ? null : strings;
    }

    // The offset of the entry with the id, or of the first one; 0 for none.
    private static uint Entry(PeImage image, uint root, uint directory, uint? id)
    {
        byte[] head = image.AtAddress(unchecked(root + directory), 16);
        int count = Math.Min(PeImage.U16(head, 12) + PeImage.U16(head, 14), MostEntries);
        byte[] entries = image.AtAddress(unchecked(root + directory + 16), count * 8);
        for (int at = 0; at + 8 <= entries.Length; at += 8)
        {
            if (id is null || PeImage.U32(entries, at) == id)
                return PeImage.U32(entries, at + 4);
        }

        return 0;
    }

    // Root, StringFileInfo, StringTable, String: the depth tells what a node is.
    private static void Collect(ReadOnlySpan<byte> node, int depth, Dictionary<string, string> strings, ref int nodes)
    {
        int at = 0;
        while (at + 6 <= node.Length && nodes++ < MostNodes)
        {
            int length = PeImage.U16(node, at), valueLength = PeImage.U16(node, at + 2);
            bool isText = PeImage.U16(node, at + 4) == 1;
            if (length < 6)
                return;
            var one = node.Slice(at, Math.Min(length, node.Length - at));
            string key = Text(one[6..], out int keyBytes);
            int value = Aligned(6 + keyBytes);
            if (value > one.Length)
                return;
            if (depth == 3)
            {
                string text = valueLength == 0 ? "" : Text(one[value..], out _).Trim();
                if (text.Length > 0)
                    strings.TryAdd(key, text);
            }
            else if (depth != 1 || key == "StringFileInfo")
            {
                int children = Aligned(value + valueLength * (isText ? 2 : 1));
                if (children <= one.Length)
                    Collect(one[children..], depth + 1, strings, ref nodes);
            }

            at += Aligned(length);
        }
    }

    private static int Aligned(int at) => (at + 3) & ~3;

    // UTF-16 up to its NUL or the end; «taken» with the NUL. Halves of pairs become U+FFFD.
    private static string Text(ReadOnlySpan<byte> bytes, out int taken)
    {
        int length = 0;
        while (length + 2 <= bytes.Length && (bytes[length] | bytes[length + 1]) != 0)
            length += 2;
        taken = length + 2;
        return Encoding.Unicode.GetString(bytes[..Math.Min(length, MostCharacters * 2)]);
    }
}
