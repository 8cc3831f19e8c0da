using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Canary.Models.Pickles;

/// <summary>
/// Reads the instructions of a pickle one by one, from a file that may be larger than memory: the bytes of long arguments are stepped over.
/// </summary>
/// <param name="mostLine">What a line may have, in bytes: without a bound a file without line ends would be read to its end.</param>
internal sealed class PickleReader(ModelBytes bytes, long start, long mostLine = PickleReader.MostLine)
{
    public const long MostLine = 64 * 1024 * 1024;

    private const int WindowBytes = 16 * 1024;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789_");

    /// <summary>A number of more digits is no name, no index and no size.</summary>
    private const int MostDigits = 64;

    private readonly byte[] _window = new byte[WindowBytes];
    private long _windowStart;
    private int _filled;

    /// <summary>Of the next instruction, from the start of the file.</summary>
    public long Position { get; set; } = start;

    public long Length => bytes.Length;

    /// <exception cref="BrokenPickle">The file ends, or what stands there is no instruction.</exception>
    public PickleStep Next()
    {
        long offset = Position;
        var opcode = PickleOpcode.Of(Byte(offset));
        if (opcode.Name is null)
            throw new BrokenPickle("pickle-broken", "a byte is no instruction of pickle", offset);
        Position++;
        return opcode.Argument switch
        {
            PickleArgument.None => new(opcode, offset, Position, 0, 0, 0, 0),
            PickleArgument.UInt1 => Fixed(opcode, offset, Take(1)[0], 1),
            PickleArgument.UInt2 => Fixed(opcode, offset, BinaryPrimitives.ReadUInt16LittleEndian(Take(2)), 2),
            PickleArgument.Int4 => Fixed(opcode, offset, BinaryPrimitives.ReadInt32LittleEndian(Take(4)), 4),
            PickleArgument.UInt4 => Fixed(opcode, offset, BinaryPrimitives.ReadUInt32LittleEndian(Take(4)), 4),
            PickleArgument.UInt8 => Fixed(opcode, offset, Clamped(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))), 8),
            PickleArgument.Float8 => Fixed(opcode, offset, 0, Take(8).Length),
            PickleArgument.Counted1 => Counted(opcode, offset, Take(1)[0]),
            PickleArgument.Counted4 => Counted(opcode, offset, BinaryPrimitives.ReadUInt32LittleEndian(Take(4))),
            PickleArgument.Signed4 => Counted(opcode, offset, BinaryPrimitives.ReadInt32LittleEndian(Take(4))),
            PickleArgument.Counted8 => Counted(opcode, offset, Clamped(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))),
            PickleArgument.TwoLines => Two(opcode, offset),
            _ => Line(opcode, offset),
        };
    }

    /// <summary>So many bytes of the file from anywhere; fewer where it ends.</summary>
    public byte[] Read(long from, int most)
    {
        long at = from - _windowStart;
        return at >= 0 && at + most <= _filled ? _window.AsSpan((int)at, most).ToArray() : bytes.Read(from, most);
    }

    private static long Clamped(ulong count) => count > long.MaxValue ? long.MaxValue : (long)count;

    private static PickleStep Fixed(PickleOpcode opcode, long offset, long number, int length) => new(opcode, offset, offset + 1, length, 0, 0, number);

    private PickleStep Counted(PickleOpcode opcode, long offset, long count)
    {
        if (count < 0)
            throw new BrokenPickle("pickle-broken", $"{opcode.Name} has a negative length", offset);
        if (count > Length - Position)
            throw new BrokenPickle("pickle-truncated", $"{opcode.Name} is longer than the file", offset);
        long from = Position;
        Position += count;
        return new(opcode, offset, from, count, 0, 0, opcode.Code == Op.Long1 ? Long(from, count) : long.MinValue);
    }

    private PickleStep Two(PickleOpcode opcode, long offset)
    {
        var (start, length) = ToLineEnd(offset);
        var (second, secondLength) = ToLineEnd(offset);
        return new(opcode, offset, start, length, second, secondLength, 0);
    }

    private PickleStep Line(PickleOpcode opcode, long offset)
    {
        var (from, length) = ToLineEnd(offset);
        switch (opcode.Argument)
        {
            case PickleArgument.QuotedLine:
                // Python strips blanks around the quotes.
                while (length > 0 && Byte(from + length - 1) is (byte)' ' or (byte)'\t' or (byte)'\r')
                    length--;
                byte quote = length < 2 ? (byte)0 : Byte(from);
                if (quote is not ((byte)'\'' or (byte)'"') || Byte(from + length - 1) != quote)
                    throw new BrokenPickle("pickle-broken", "a STRING stands without quotes", offset);
                return new(opcode, offset, from + 1, length - 2, 0, 0, 0);
            case PickleArgument.DecimalLine or PickleArgument.LongLine or PickleArgument.FloatLine when length > MostDigits:
                return new(opcode, offset, from, length, 0, 0, long.MinValue);
            case PickleArgument.DecimalLine or PickleArgument.LongLine:
                return new(opcode, offset, from, length, 0, 0, Decimal(opcode, offset, from, (int)length));
            default:
                return new(opcode, offset, from, length, 0, 0, 0);
        }
    }

    private long Decimal(PickleOpcode opcode, long offset, long from, int length)
    {
        string text = Encoding.Latin1.GetString(Read(from, length)).Trim();
        if (opcode.Argument == PickleArgument.LongLine && text.EndsWith('L'))
            text = text[..^1];
        if (text.Length > 0 && !text.AsSpan().TrimStart("+-").ContainsAnyExcept(Digits))
            return long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : long.MinValue;
        throw new BrokenPickle("pickle-broken", $"{opcode.Name} is no number", offset);
    }

    private long Long(long from, long count)
    {
        if (count > 8)
            return long.MinValue;
        var digits = Read(from, (int)count).AsSpan();
        long number = digits.Length > 0 && digits[^1] >= 0x80 ? -1 : 0;
        for (int i = digits.Length - 1; i >= 0; i--)
            number = (number << 8) | digits[i];
        return number;
    }

    private (long Start, long Length) ToLineEnd(long offset)
    {
        long from = Position;
        while (Position - from <= mostLine && Fill(Position))
        {
            var part = _window.AsSpan((int)(Position - _windowStart).._filled);
            int end = part.IndexOf((byte)'\n');
            if (end >= 0)
            {
                Position += end + 1;
                return (from, Position - 1 - from);
            }

            Position += part.Length;
        }

        throw new BrokenPickle("pickle-truncated", "a line has no end", offset);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Length - Position)
            throw new BrokenPickle("pickle-truncated", "the file ends within an instruction", Position - 1);
        if (Position < _windowStart || Position + count > _windowStart + _filled)
            Refill(Position);
        if (Position + count > _windowStart + _filled)
            throw new BrokenPickle("pickle-truncated", "the file ends within an instruction", Position - 1);
        var taken = _window.AsSpan((int)(Position - _windowStart), count);
        Position += count;
        return taken;
    }

    private byte Byte(long at) => Fill(at) ? _window[(int)(at - _windowStart)] : throw new BrokenPickle("pickle-truncated", "the file ends without STOP", at);

    private bool Fill(long at)
    {
        if (at >= _windowStart && at < _windowStart + _filled)
            return true;
        if (at >= Length)
            return false;
        Refill(at);
        return _filled > 0;
    }

    private void Refill(long at)
    {
        _windowStart = at;
        _filled = bytes.ReadAt(at, _window);
    }
}
