namespace Canary.Models.Containers;

/// <summary>One file of a zip.</summary>
/// <param name="Name">As the central directory writes it. Hostile text.</param>
/// <param name="Method">0 is stored, 8 is DEFLATE; the others are not unpacked.</param>
/// <param name="Packed">In the archive, in bytes.</param>
/// <param name="Size">Unpacked, as the archive says.</param>
/// <param name="HeaderAt">Of its local header, from the start of the archive.</param>
/// <param name="BodyAt">Of its first byte; -1 where it has none that could be found.</param>
/// <param name="Listed">Whether the central directory names it.</param>
public sealed record ZipMember(string Name, int Method, int Flags, long Packed, long Size, long HeaderAt, long BodyAt, bool Listed)
{
    internal const int Stored = 0, Deflated = 8;

    /// <summary>The first byte after it, its data descriptor included.</summary>
    internal long EndAt { get; init; } = BodyAt + Packed;

    /// <summary>It begins within another member. Such a member is not opened: thousands of names for the same bytes are a bomb.</summary>
    internal bool Overlaps { get; init; }

    public bool IsFolder => Size == 0 && Packed == 0 && Name.EndsWith('/');
}
