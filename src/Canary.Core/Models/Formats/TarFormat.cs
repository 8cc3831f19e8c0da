using System.Text;
using Canary.Models.Pickles;

namespace Canary.Models.Formats;

/// <summary>Tar archives: what PyTorch wrote before 0.1.10, and models that are packed up. Every member is inspected by its own format.</summary>
public sealed class TarFormat : IModelFormat
{
    private const int Block = 512;
    private const int MostMembers = 100_000;
    private const int MostName = 64 * 1024;

    public string Name => "tar";

    public bool Claims(ModelBytes bytes) => bytes.Head.Length >= Block && bytes.Head[0] != 0 && HasSum(bytes.Head[..Block]);

    public void Inspect(ModelBytes bytes, ModelFacts facts, ModelInspection inspection)
    {
        long at = 0;
        string? name = null;
        for (int members = 0; at < bytes.Length; members++)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            byte[] head = bytes.Read(at, Block);
            if (!head.AsSpan().ContainsAnyExcept((byte)0))
            {
                End(bytes, at, facts, inspection);
                return;
            }

            if (members == MostMembers || head.Length < Block || !HasSum(head) || Number(head.AsSpan(124, 12)) is not { } size || size > bytes.Length - at - Block)
            {
                facts.Report("tar-broken", ModelVerdict.Deny, inspection.At(at), "a header is damaged, or its member is longer than the archive");
                return;
            }

            long data = at + Block;
            char kind = (char)head[156];
            string own = name ?? Own(head);
            name = null;
            switch (kind)
            {
                case 'L' or 'x' when size <= MostName:
                    name = LongName(kind, Encoding.UTF8.GetString(bytes.Read(data, (int)size)));
                    break;
                case '0' or '\0' or '7':
                    Member(bytes.Slice(own, data, size), facts, inspection);
                    break;
                case '5' or 'g':
                    break;
                default:
                    facts.Report("tar-not-a-file", ModelVerdict.Deny, inspection.At(at), "a member is a link, a device, or of a kind that is not known");
                    break;
            }

            if (own.StartsWith('/') || own.Split('/', '\\').Contains(".."))
                facts.Report("tar-path", ModelVerdict.Deny, inspection.At(at), "a member is written outside of the directory it is unpacked in");
            at = data + ((size + Block - 1) / Block * Block);
        }
    }

    private static void Member(ModelBytes member, ModelFacts facts, ModelInspection inspection)
    {
        if (member.Name is "storages" or "tensors" && TarTorch.Inspect(member, facts, inspection))
        {
            if (inspection.Within.Length == 0)
                facts.Format = "torch-tar";
        }
        else
        {
            inspection.Member(member, facts);
        }
    }

    private static void End(ModelBytes bytes, long at, ModelFacts facts, ModelInspection inspection)
    {
        byte[] buffer = new byte[64 * 1024];
        for (; at < bytes.Length; at += buffer.Length)
        {
            inspection.Cancel.ThrowIfCancellationRequested();
            int read = bytes.ReadAt(at, buffer);
            if (read <= 0)
                return;
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                facts.Report("tar-trailing-bytes", ModelVerdict.Unknown, inspection.At(at), "bytes follow the end of the archive");
                return;
            }
        }
    }

    private static string Own(byte[] head)
    {
        string name = Word(head.AsSpan(0, 100));
        bool hasPrefix = head.AsSpan(257, 6).SequenceEqual("ustar\0"u8);
        return hasPrefix && Word(head.AsSpan(345, 155)) is { Length: > 0 } prefix ? $"{prefix}/{name}" : name;
    }

    // A record of pax is its length, a blank, key=value and a line end.
    private static string? LongName(char kind, string text)
    {
        if (kind == 'L')
            return text.TrimEnd('\0');
        foreach (string record in text.Split('\n'))
        {
            if (record.IndexOf(" path=", StringComparison.Ordinal) is > 0 and int path)
                return record[(path + 6)..];
        }

        return null;
    }

    private static string Word(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(field.IndexOf((byte)0) is >= 0 and int end ? field[..end] : field);

    /// <summary>Octal digits, or with the highest bit set the bytes themselves.</summary>
    private static long? Number(ReadOnlySpan<byte> field)
    {
        long number = 0;
        if (field[0] == 0x80)
        {
            foreach (byte part in field[^8..])
                number = (number << 8) | part;
            return number >= 0 ? number : null;
        }

        foreach (byte part in field.Trim(" \0"u8))
        {
            if (part is < (byte)'0' or > (byte)'7' || number > long.MaxValue / 8)
                return null;
            number = (number * 8) + part - '0';
        }

        return number;
    }

    private static bool HasSum(ReadOnlySpan<byte> head)
    {
        long sum = 8 * ' ';
        for (int i = 0; i < Block; i++)
            sum += i is >= 148 and < 156 ? 0 : head[i];
        return Number(head.Slice(148, 8)) == sum;
    }
}
