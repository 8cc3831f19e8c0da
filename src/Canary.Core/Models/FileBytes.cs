using Microsoft.Win32.SafeHandles;

namespace Canary.Models;

/// <summary>An open file. Its length is that of the moment it was opened.</summary>
public sealed class FileBytes : ModelBytes, IDisposable
{
    private readonly SafeFileHandle _file;

    /// <param name="file">Owned from here on.</param>
    public FileBytes(string name, SafeFileHandle file)
    {
        Name = name;
        _file = file;
        Length = RandomAccess.GetLength(file);
    }

    public override string Name { get; }

    public override long Length { get; }

    /// <summary>To ask the system about the file; still owned here.</summary>
    public SafeFileHandle Handle => _file;

    public override int ReadAt(long offset, Span<byte> buffer)
    {
        int read = 0;
        while (read < buffer.Length && RandomAccess.Read(_file, buffer[read..], offset + read) is > 0 and int more)
            read += more;
        return read;
    }

    public void Dispose() => _file.Dispose();
}
