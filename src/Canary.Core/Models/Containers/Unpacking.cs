using System.IO.Compression;

namespace Canary.Models.Containers;

/// <summary>Unpacks into memory, and stops at a bound: the first bytes of a bomb cost what any bytes cost.</summary>
internal static class Unpacking
{
    /// <summary>Of one member, unpacked.</summary>
    public const int MostMemberBytes = 256 * 1024 * 1024;

    /// <summary>DEFLATE cannot do better than one to 1,032.</summary>
    public const int MostDeflateRatio = 1032;

    private const int BlockBytes = 128 * 1024;

    /// <summary>Why unpacking ended.</summary>
    public enum End : byte
    {
        Whole,
        Damaged,
        TooLarge,
    }

    /// <param name="bytes">What was unpacked before the end, whatever the end was: a payload runs although the rest is damaged.</param>
    public static End Unpack(Stream packed, int most, ModelInspection inspection, out ReadOnlyMemory<byte> bytes)
    {
        byte[] whole = new byte[Math.Min(BlockBytes, most)];
        int used = 0;
        var end = End.Whole;
        try
        {
            while (true)
            {
                inspection.Cancel.ThrowIfCancellationRequested();
                if (used == whole.Length)
                {
                    int grown = (int)Math.Min(Math.Max(BlockBytes, whole.Length * 2L), most + 1L);
                    if (grown <= used)
                    {
                        end = End.TooLarge;
                        break;
                    }

                    Array.Resize(ref whole, grown);
                }

                int read = packed.Read(whole.AsSpan(used, Math.Min(BlockBytes, whole.Length - used)));
                if (read == 0)
                    break;
                used += read;
                if (!inspection.Spend(read))
                {
                    end = End.TooLarge;
                    break;
                }
            }
        }
        catch (InvalidDataException)
        {
            end = End.Damaged;
        }

        used = Math.Min(used, most);
        bytes = whole.AsMemory(0, used);
        return end;
    }

    /// <summary>Unpacks DEFLATE, as zip has it, without a header.</summary>
    public static End Inflate(ModelBytes packed, int most, ModelInspection inspection, out ReadOnlyMemory<byte> bytes)
    {
        using var stream = new DeflateStream(packed.OpenRead(), CompressionMode.Decompress);
        return Unpack(stream, most, inspection, out bytes);
    }
}
