using Canary.Text;

namespace Canary.Sensors.Fanotify;

/// <summary>What a marked file is to us.</summary>
internal enum FileRole : byte
{
    None,

    /// <summary>Not marked: only that its name comes and goes is told.</summary>
    Name,
    Changes,
    Secret,
    Device,
}

/// <summary>
/// A marked directory or file. The path is kept as parent and name, so that a renamed directory takes everything below it along at
/// no cost; a place without a parent carries its whole path as the name. Names are bytes: a name that is no UTF-8 must not hide a file.
/// </summary>
internal sealed class Place(byte[] key)
{
    private const int DeepestPath = 512;

    private static ReadOnlySpan<byte> Cut => "/…"u8;

    public byte[] Key { get; } = key;
    public Place? Parent { get; set; }
    public byte[] Name { get; set; } = [];

    /// <summary>The work tree that the directory belongs to.</summary>
    public Scope? Tree { get; set; }

    /// <summary>The sensitive directory that this is, or is in.</summary>
    public Scope? Sensitive { get; set; }

    /// <summary>Levels below the root of <see cref="Tree"/> and of <see cref="Sensitive"/>.</summary>
    public int TreeDepth { get; set; }

    /// <summary>The round of <see cref="Tree"/> in which the directory was counted.</summary>
    public int TreeRound { get; set; }

    public int SensitiveDepth { get; set; }

    /// <summary>Levels that are still watched below here inside a directory of packages; -1 outside of one.</summary>
    public int Shallow { get; set; } = -1;

    public FileRole Role { get; set; }

    /// <summary>Names that a marked file had when last looked at.</summary>
    public uint Links { get; set; }

    /// <summary>The patterns that go on from this directory.</summary>
    public List<Cursor>? Cursors { get; set; }

    /// <summary>Names that the first look at a new directory has reported, until the queue has been read past that moment.</summary>
    public HashSet<string>? Announced { get; set; }

    public bool IsWatchedDirectory => Tree is not null || Sensitive is not null;

    public string PathOf(ReadOnlySpan<byte> child, ref bool lossy)
    {
        Span<byte> buffer = stackalloc byte[Bytes.LongestPath];
        var path = Write(child, buffer);
        lossy |= path.StartsWith(Cut);
        return Utf8.Decode(path, ref lossy);
    }

    public byte[] PathBytes(ReadOnlySpan<byte> child = default)
    {
        Span<byte> buffer = stackalloc byte[Bytes.LongestPath];
        return Write(child, buffer).ToArray();
    }

    /// <summary>
    /// Written from the end of the buffer. A path too long for it (made by steps, for no call takes one) shows where its beginning is
    /// missing: what is left must not read as another file's path.
    /// </summary>
    private Span<byte> Write(ReadOnlySpan<byte> child, Span<byte> buffer)
    {
        int start = buffer.Length;
        bool fits = child.IsEmpty || child.SequenceEqual("."u8) || Prepend(child, buffer, ref start);
        var place = this;
        int depth = 0;
        for (; fits && place is not null && depth < DeepestPath; depth++, place = place.Parent)
            fits = Prepend(place.Name, buffer, ref start);
        if (!fits || place is not null)
        {
            start -= Cut.Length;
            Cut.CopyTo(buffer[start..]);
        }

        return buffer[start..];
    }

    private static bool Prepend(ReadOnlySpan<byte> name, Span<byte> buffer, ref int start)
    {
        int slash = !name.IsEmpty && name[0] == (byte)'/' ? 0 : 1;
        int next = start - name.Length - slash;
        if (next < Cut.Length)
            return false;
        buffer[next] = (byte)'/';
        name.CopyTo(buffer[(next + slash)..]);
        start = next;
        return true;
    }
}
