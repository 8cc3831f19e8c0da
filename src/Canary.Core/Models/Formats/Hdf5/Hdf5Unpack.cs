using System.IO.Compression;
using Canary.Models.Formats.Configs;

namespace Canary.Models.Formats.Hdf5;

/// <summary>Unpacks chunks that hold text: by deflate, shuffle and fletcher32. Nobody reads a configuration through the other filters.</summary>
internal static class Hdf5Unpack
{
    private const int PartBytes = 16 * 1024;

    /// <param name="bytes">Of a chunk that is not packed.</param>
    /// <returns>Null where it is not unpacked.</returns>
    /// <exception cref="MalformedModelException">It is broken.</exception>
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
                held = Undo(filters[i], held, (int)bytes, file, chunk.Address);
        }

        return held is null ? null : new HeldBytes("chunk", held);
    }

    private static byte[]? Undo(Hdf5Filter filter, byte[] held, int most, Hdf5File file, long at) => filter.Id switch
    {
        Hdf5Filter.Deflate => Inflate(held, most) ?? throw file.Fault(at, "a chunk cannot be unpacked"),
        Hdf5Filter.Shuffle => Unshuffle(held, (int)Math.Min(filter.First, int.MaxValue)),
        Hdf5Filter.Fletcher => held.Length >= 4 ? held[..^4] : null,
        _ => null,
    };

    private static byte[]? Inflate(byte[] held, int most)
    {
        // What a chunk says it unpacks to is believed only as far as it does.
        using var into = new MemoryStream();
        byte[] part = new byte[PartBytes];
        try
        {
            using var stream = new ZLibStream(new MemoryStream(held), CompressionMode.Decompress);
            while (into.Length < most && stream.Read(part, 0, (int)Math.Min(part.Length, most - into.Length)) is > 0 and int read)
                into.Write(part, 0, read);
            return into.ToArray();
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            // The latter for a preset dictionary: all is in memory, so that no medium has failed.
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
