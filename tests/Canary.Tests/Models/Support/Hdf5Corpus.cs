using System.Buffers.Binary;
using Canary.Models.Formats.Hdf5;
using Canary.Tests.Support;

namespace Canary.Tests.Models.Support;

/// <summary>Files of the real libhdf5, from tests/fixtures/models, unpacked into memory. The folder says what is to be said of them.</summary>
internal static class Hdf5Corpus
{
    public static IReadOnlyDictionary<string, byte[]> Cases { get; } = ZippedFiles.At("tests/fixtures/models/hdf5.zip");

    /// <summary>A copy with one part changed.</summary>
    /// <param name="signature">Where the part begins: its first place in the file.</param>
    public static byte[] Changed(string path, ReadOnlySpan<byte> signature, params (int At, byte[] Bytes)[] changes)
    {
        byte[] file = [.. Cases[path]];
        int start = file.AsSpan().IndexOf(signature);
        foreach (var (at, bytes) in changes)
            bytes.CopyTo(file, start + at);
        return file;
    }

    /// <summary>The same, with the sum at the part's end made anew, so that the change itself is what is read.</summary>
    public static byte[] Resummed(string path, ReadOnlySpan<byte> signature, params (int At, byte[] Bytes)[] changes)
    {
        byte[] sound = Cases[path], file = Changed(path, signature, changes);
        int start = sound.AsSpan().IndexOf(signature), length = signature.Length;
        while (BinaryPrimitives.ReadUInt32LittleEndian(sound.AsSpan(start + length)) != Hdf5Checksum.Of(sound.AsSpan(start, length)))
            length++;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(start + length), Hdf5Checksum.Of(file.AsSpan(start, length)));
        return file;
    }
}
