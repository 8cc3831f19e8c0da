using System.IO.Compression;

namespace Canary.Tests.Support;

/// <summary>A zip of the checkout, unpacked into memory.</summary>
internal static class ZippedFiles
{
    /// <param name="path">From the checkout's root.</param>
    public static IReadOnlyDictionary<string, byte[]> At(string path)
    {
        using var zip = ZipFile.OpenRead(Checkout.At(path));
        return zip.Entries.ToDictionary(e => e.FullName, Read, StringComparer.Ordinal);
    }

    public static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var into = new MemoryStream();
        stream.CopyTo(into);
        return into.ToArray();
    }
}
