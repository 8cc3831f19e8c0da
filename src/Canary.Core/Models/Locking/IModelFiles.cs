using Microsoft.Win32.SafeHandles;

namespace Canary.Models.Locking;

/// <summary>How files are opened and told apart. The operating system's part of reading models.</summary>
public interface IModelFiles
{
    /// <summary>Opens a regular file to read, and nothing else: a pipe would hold whoever opens it.</summary>
    /// <exception cref="IOException">It is no regular file, is missing, or fails.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    SafeFileHandle Open(string path);

    /// <summary>Its state now; null where the system does not say, and nothing may be concluded from an earlier one.</summary>
    FileKey? KeyOf(SafeFileHandle file);

    /// <summary>Writes what is not on the disk yet, so that a later store through a mapping moves the file's times. As far as the file's system can.</summary>
    void Sync(SafeFileHandle file);
}
