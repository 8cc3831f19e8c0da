using System.Buffers;
using System.Text.Json;
using Canary.Rules;
using Canary.Text;
using Canary.Yaml;

namespace Canary.Replay;

/// <summary>
/// Reads the events of a log of any size: JSON objects one after the other, on lines or not, or in an array. What cannot be read is
/// counted and told with its place, and reading goes on at the next line that begins as the broken record did.
/// </summary>
public sealed class ReplayReader
{
    /// <summary>A longer record is passed over.</summary>
    public const int MostRecord = 4 << 20;

    private const int MostFaultsInARow = 1000;
    private const int MostFaults = 100;

    // RFC 7464 puts a record separator in front of each text; an array, commas between.
    private static readonly SearchValues<byte> Between = SearchValues.Create(" \t\r\n,\x1e"u8);

    private readonly RecordBuffer _buffer;
    private readonly EventDecoder _decoder;
    private readonly string _file;
    private readonly List<Diagnostic> _faults = [];
    private bool _inArray, _resumed;
    private long _arrayLine;
    private int _faultsInARow;
    private int _indent;

    /// <param name="log">Stays the caller's to close. Gzip and UTF-16 are seen by their first bytes.</param>
    /// <param name="file">What faults call it.</param>
    public ReplayReader(Stream log, LogSourceTable table, string file)
    {
        _file = file;
        _decoder = new EventDecoder(table);
        Stream opened = Stream.Null;
        try
        {
            opened = ReplayInput.Open(log);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            AddFault(1, 1, "cannot be read: " + e.Message);
        }

        _buffer = new RecordBuffer(opened, MostRecord);
    }

    /// <summary>Called before the log is asked for more, which may take any time.</summary>
    public Action? Waiting { get; init; }

    /// <summary>The number in the file of the record that was read last, from 0. Records that could not be read have theirs, too.</summary>
    public long Index { get; private set; } = -1;

    /// <summary>The line that it begins on.</summary>
    public long Line { get; private set; }

    /// <summary>Events given out.</summary>
    public long Events { get; private set; }

    /// <summary>Places where something could not be read.</summary>
    public long Unread { get; private set; }

    /// <summary>Objects that are no events: other lines of Canary's own output.</summary>
    public long Skipped { get; private set; }

    /// <summary>Events whose log source is not known: only rules that name none see them.</summary>
    public long Unmapped => _decoder.Unmapped;

    /// <summary>What the last event was called where its log source is not known, else null.</summary>
    public string? Unknown => _decoder.Unknown;

    /// <summary>The first of what could not be read, with line and column.</summary>
    public IReadOnlyList<Diagnostic> Faults => _faults;

    /// <summary>The next event, or null at the end.</summary>
    public RecordSubject? Next()
    {
        while (ToRecord())
        {
            (Line, _resumed) = (_buffer.Line, false);
            Index++;
            try
            {
                var subject = _decoder.Decode(_buffer.Rest, Index, out int length);
                _buffer.Advance(length);
                _faultsInARow = 0;
                if (subject is null)
                {
                    Skipped++;
                    continue;
                }

                Events++;
                if (_decoder.FieldsLeft > 0)
                    AddFault(Line, 1, $"{_decoder.FieldsLeft} fields beyond the {FieldBag.MostFields}th were not read");
                return subject;
            }
            catch (JsonException e)
            {
                Recover(e);
            }
        }

        return null;
    }

    /// <summary>Goes on to the next object. False at the end.</summary>
    private bool ToRecord()
    {
        while (true)
        {
            var rest = _buffer.Rest;
            int at = rest.IndexOfAnyExcept(Between);
            int passed = at < 0 ? rest.Length : at;
            if (passed > 0)
            {
                int line = rest[..passed].LastIndexOf((byte)'\n');
                _indent = line >= 0 || _buffer.Column == 1 ? passed - line - 1 : 0;
                _buffer.Advance(passed);
            }
            else if (at == 0 && _buffer.Column == 1)
            {
                _indent = 0;
            }

            if (at < 0)
            {
                if (!Fill())
                    return End();
                continue;
            }

            switch (_buffer.Rest[0])
            {
                case (byte)'{':
                    return true;
                case (byte)'[' when !_inArray:
                    (_inArray, _arrayLine) = (true, _buffer.Line);
                    _buffer.Advance(1);
                    break;
                case (byte)']' when _inArray:
                    _inArray = false;
                    _buffer.Advance(1);
                    break;
                default:
                    Index++;
                    Resume(_buffer.Line, _buffer.Column, "is no JSON object");
                    break;
            }
        }
    }

    private bool End()
    {
        if (_inArray && !_resumed)
            AddFault(_arrayLine, 1, "the array that begins here is not closed: the file was cut short");
        _inArray = false;
        return false;
    }

    /// <summary>The decoder takes all that is there for the end of the file. So what looks broken may only be not whole yet.</summary>
    private void Recover(JsonException told)
    {
        while (true)
        {
            var (whole, fault) = Look();
            if (fault is not null || whole)
            {
                fault ??= told;
                long line = _buffer.Line + (fault.LineNumber ?? 0);
                long column = (fault.LineNumber is > 0 ? 1 : _buffer.Column) + (fault.BytePositionInLine ?? 0);
                Resume(line, column, Reason(fault));
                return;
            }

            if (_buffer.IsFull)
            {
                PassOver();
                return;
            }

            if (Fill())
            {
                // From its beginning, with what has come.
                Index--;
                return;
            }

            if (_buffer.IsLast)
            {
                long left = _buffer.Rest.Length;
                AddFault(_buffer.Line, _buffer.Column, $"cut short: the file ends within this record, {left} bytes of which were not read");
                _buffer.Advance((int)left);
                _resumed = true;
                return;
            }
        }
    }

    private (bool Whole, JsonException? Fault) Look()
    {
        var reader = new Utf8JsonReader(_buffer.Rest, isFinalBlock: false, default);
        try
        {
            return (reader.Read() && reader.TrySkip(), null);
        }
        catch (JsonException e)
        {
            return (false, e);
        }
    }

    /// <summary>Passes over a record that is too long to be held.</summary>
    private void PassOver()
    {
        var (line, column, offset) = (_buffer.Line, _buffer.Column, _buffer.Offset);
        var end = new RecordEnd();
        do
        {
            int taken = end.Find(_buffer.Rest);
            _buffer.Advance(taken);
        }
        while (!end.IsFound && Fill());
        AddFault(line, column, $"the record at byte {offset} is larger than {ByteSize.Write(MostRecord)} ({ByteSize.Write(_buffer.Offset - offset)}) and was not read");
        _resumed = !end.IsFound;
    }

    /// <summary>Tells of what is broken and goes on at the next line that begins as this record's did.</summary>
    private void Resume(long line, long column, string reason)
    {
        long from = _buffer.Offset;
        bool found = false;
        while (!found)
        {
            int newLine = _buffer.Rest.IndexOf((byte)'\n');
            if (newLine < 0)
            {
                _buffer.Advance(_buffer.Rest.Length);
                if (!Fill())
                    break;
                continue;
            }

            _buffer.Advance(newLine + 1);
            while (_buffer.Rest.Length <= _indent && Fill())
            {
            }

            var next = _buffer.Rest;
            found = next.Length > _indent && next[_indent] is (byte)'{' or (byte)'[' && next[.._indent].IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;
        }

        long passed = _buffer.Offset - from;
        _resumed = true;
        AddFault(line, column, found ? $"{reason}; {passed} bytes were not read" : $"{reason}; the last {passed} bytes of the file were not read");
        if (++_faultsInARow >= MostFaultsInARow && found)
        {
            AddFault(_buffer.Line, 1, $"{MostFaultsInARow} records in a row could not be read: the rest of the file was not tried");
            _buffer.Advance(_buffer.Rest.Length);
            _buffer.End();
        }
    }

    private bool Fill()
    {
        Waiting?.Invoke();
        try
        {
            return _buffer.Fill();
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            _buffer.End();
            AddFault(_buffer.Line, _buffer.Column, "cannot be read any further: " + e.Message);
            return false;
        }
    }

    private void AddFault(long line, long column, string message)
    {
        Unread++;
        if (_faults.Count < MostFaults)
            _faults.Add(new Diagnostic(_file, (int)Math.Min(line, int.MaxValue), (int)Math.Min(column, int.MaxValue), message));
    }

    private static bool IsUnreadable(Exception e) => e is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException;

    private static string Reason(JsonException e)
    {
        // The library ends its sentence with a position of its own.
        int end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return "not valid JSON: " + (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.', ' ');
    }
}
