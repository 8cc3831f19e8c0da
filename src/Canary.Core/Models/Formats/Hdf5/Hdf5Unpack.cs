using System.IO.Compression;
using Canary.Models.Formats.Configs;

namespace Canary.Models.Formats.Hdf5;

/// <summary>Unpacks chunks that hold text: by deflate, shuffle and fletcher32. Nobody reads a configuration through the other filters.</summary>
internal static class Hdf5Unpack
{
    /// <param name="bytes">Of a chunk that is not packed.</param>
    /// <returns>Null where it cannot be unpacked.</returns>
    public static ModelBytes? Chunk(Hdf5File file, Hdf5Chunk chunk, IReadOnlyList<Hdf5Filter> filters, long bytes)
    {
        var packed = file.Slice("chunk", chunk.Address, chunk.Length);
        int last = filters.Count;
        while (last > 0 && (chunk.Mask >> last - 1 & 1) != 0)
            last--;
        if (last == 0)
            return packed;
        if (bytes > JsonText.MostBytes || chunk.Length > JsonText.MostBytes || !file.Inspection.Spend(bytes))
        {
            file.Unread("hdf5-too-large", chunk.Address, $"a chunk of {bytes} bytes that holds text was not unpacked");
            return null;
        }

        byte[]? held = packed.Read(0, JsonText.MostBytes);
        for (int i = last - 1; i >= 0 && held is not null; i--)
        {
            if ((chunk.Mask >> i & 1) == 0)
                held = Undo(filters[i], held, (int)bytes);
        }

        return held is null ? null : new HeldBytes("chunk", held);
    }

    private static byte[]? Undo(Hdf5Filter filter, byte[] held, int most) => filter.Id switch
    {
        Hdf5Filter.Deflate => Inflate(held, most),
        Hdf5Filter.Shuffle => Unshuffle(held, (int)Math.Min(filter.First, int.MaxValue)),
        Hdf5Filter.Fletcher => held.Length >= 4 ? held[..^4] : null,
        _ => null,
    };

    private static byte[]? Inflate(byte[] held, int most)
    {
        byte[] into = new byte[most];
        try
        {
            using var stream = new ZLibStream(new MemoryStream(held), CompressionMode.Decompress);
            int read = stream.ReadAtLeast(into, most, throwOnEndOfStream: false);
            return into[..read];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    // The first bytes of all elements stand first, then all second ones, and so on; what fills no element stays at the end.
    private static byte[] Unshuffle(byte[] held, int size)
    {
        if (size <= 1 || size > held.Length)
            return held;
        int elements = held.Length / size;
        byte[] into = (byte[])held.Clone();
        for (int i = 0; i < size; i++)
        {
            for (int e = 0; e < elements; e++)
                into[e * size + i] = held[i * elements + e];
        }

        return into;
    }
}
