using Microsoft.Win32.SafeHandles;

namespace Canary.Packages;

/// <summary>A file that names packages, read whole.</summary>
/// <param name="Path">Relative to the root of the scan, with <c>/</c>.</param>
/// <param name="Bytes">At most <see cref="MostBytes"/>.</param>
public sealed record SourceFile(string Path, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The largest lockfiles known have some 40 MB.</summary>
    public const int MostBytes = 128 * 1024 * 1024;

    private LineIndex? _lines;

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The directory, with no slash at its end; empty for the root.</summary>
    public string Directory => Path.LastIndexOf('/') is >= 0 and int slash ? Path[..slash] : "";

    /// <summary>Opens a file of the same tree by its path relative to the root; null when it is not there, outside, or too large.</summary>
    public Func<string, SourceFile?> Open { get; init; } = _ => null;

    /// <summary>Reads until the buffer is full or the file ends; how many bytes that were. One call of the system may bring fewer.</summary>
    public static int Fill(Span<byte> buffer, SafeFileHandle file, long offset)
    {
        int read = 0;
        while (read < buffer.Length && RandomAccess.Read(file, buffer[read..], offset + read) is > 0 and int more)
            read += more;
        return read;
    }

    /// <summary>The line, from 1, of a byte.</summary>
    public int LineOf(long offset) => (_lines ??= new LineIndex(Bytes.Span)).LineOf(offset);
}
